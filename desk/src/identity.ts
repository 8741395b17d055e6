// Which label space a name of this page is about: the one that answered first under it, whatever name it
// has at the service by now, and whatever else has its name. It sends nothing; api.ts does.

const identities = new Map<string, string>(); // by the name that this page has for it
const names = new Map<string, string>(); // the name that the service has for it, where that is another one

/** The header that holds a request to one label space. */
export const IDENTITY = "Label-Space";
/** What a service answers whose label space of that name is another one, or that has none of that name. */
const ABSENT_TYPES = ["urn:protolabel:PreconditionFailed", "urn:protolabel:SpaceNotFound"];
const MOST = 50; // label spaces among which one is looked for

/** The address of a label space. */
export const pathOf = (name: string): string => `/v1/spaces/${encodeURIComponent(name)}`;

/** The label space that a path names; empty where it names none. */
export const nameIn = (path: string): string => decodeURIComponent(/^\/v1\/spaces\/([^/?]+)/.exec(path)?.[1] ?? "");

/** Hears whether the label space that this page is about answers, what the service has if it does not, and its new name. */
export const identity = {
  report: (_name: string, _is: boolean, _served: string[] = []): void => undefined,
  rename: (_name: string, _now: string): void => undefined,
};

/** Note which label space has a name on this page, from the first answer about it. */
export function noteIdentity(name: string, one: string): void {
  if (!identities.has(name)) identities.set(name, one);
}

/** The header that holds a request to the label space of a name; none before anything is known of it. */
export function heldTo(name: string): Record<string, string> {
  const one = identities.get(name);
  return one === undefined ? {} : { [IDENTITY]: one };
}

/** A path with the name that the service has for its label space now. */
export function served(path: string): string {
  const name = nameIn(path);
  const present = names.get(name);
  return present === undefined ? path : pathOf(present) + path.slice(pathOf(name).length);
}

/** Whether a problem is that the label space of a request is not there. */
export const isElsewhere = (name: string, type?: string): boolean => identities.has(name) && ABSENT_TYPES.includes(type ?? "");

/** Look for a label space under every name that the service has, with a function that answers 200 where it is the one. Return whether it has moved. */
export async function find(name: string, all: () => Promise<string[]>, status: (path: string, headers: Record<string, string>) => Promise<number>): Promise<boolean> {
  const others: string[] = [];
  for (const one of (await all()).slice(0, MOST)) {
    const present = await status(pathOf(one), heldTo(name));
    if (present === 200) {
      names.set(name, one);
      identity.report(name, true);
      if (one !== name) identity.rename(name, one);
      return true;
    }
    if (present !== 404) others.push(one); // else its file is gone
  }
  identity.report(name, false, others);
  return false;
}
