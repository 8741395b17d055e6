// How documents are named in a sentence, by their names alone, and how texts are shown: shortened, and with blanks.

/**
 * A text with a blank for each blank that does not break, as office programs write them between all
 * words of a line: else words are cut in their middle. No position changes.
 */
export function withBlanks(text: string): string {
  return text.replace(/[\u00a0\u2007\u202f]/g, " ");
}

/** The first characters of a text, none of them cut: one is up to two units of a string. */
export function firstCharacters(text: string, most: number): string {
  return text.length <= most ? text : [...text.slice(0, 2 * most)].slice(0, most).join("");
}

/** The beginning of a text, with a mark where more follows. */
export function beginning(text: string, most: number): string {
  const isWhole = firstCharacters(text, most) === text;
  return withBlanks(isWhole ? text : `${firstCharacters(text, most - 1)}…`);
}

const NAMED = 3; // documents of a change that are named

/** The last parts of the name of a document, without the folders of a machine above them. */
export function shortName(source: string): string {
  return source.split("/").slice(-2).join("/");
}

/** The names of some documents, each in quotation marks; "" where none has a name. */
export function namesOf(documents: string[], quoted: (name: string) => string): string {
  const names = documents.filter(Boolean).map((one) => quoted(shortName(one)));
  return names.slice(0, NAMED).join(", ") + (names.length > NAMED ? ", …" : "");
}
