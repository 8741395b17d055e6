// What a person can do about something, in the words of the page: the service names its own requests and the commands of whoever runs it.

const REQUEST = /`(?:GET|POST) \.\.\.\/(\w+)`|the change `(\w+)`/g;
const UNOFFERED = /,? or fewer strangers in the stream \([^()]*\)/g; // the page does not set how many they are
const IN_BRACKETS = / \([^()`]*`[^`]*`[^()]*\)/g; // what does the same elsewhere
const OF_OPERATOR = /(?:run )?`(?:protolabel|pip install) [^`]*` on the machine of the service/g;

/** Advice with the places of this page in place of the requests that do the same. ``places``: by routes and kinds of changes. */
export function inPlaces(advice: string, places: Record<string, string>): string {
  return advice.replace(REQUEST, (request, route: string | undefined, kind: string | undefined) =>
    places[route ?? kind ?? ""] ?? (kind ? places.changes : undefined) ?? request);
}

/** A sentence of the service as a page says it, on which nobody types commands: each remedy in it is one that the page has. */
export function onPage(sentence: string, places: Record<string, string>): string {
  const offered = sentence.replace(UNOFFERED, "").replace(OF_OPERATOR, places.operator ?? "");
  return inPlaces(offered.replace(IN_BRACKETS, ""), places);
}

/** Whether a sentence about a limit that is impossible says which one is not. */
export const namesPossible = (refusal: string): boolean => /what they can promise is (?!nothing)/.test(refusal);
