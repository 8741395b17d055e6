// Names of classes that may mean one class: those that differ only in capitals or blanks, which the
// page sees itself, and those that the service finds near each other.
import { hint, t } from "./state";
import type { Change } from "./types";

const separate = new Set<string>(); // names of which somebody has said that each is a class of its own

/** A name without what two names of one class may differ in. */
export function plain(name: string): string {
  return name.normalize("NFKC").toLowerCase().replace(/\s+/gu, "");
}

/** What an answer without a class is called, by the page and by the service: no class has such a name. */
export const noneNames = (): string[] => [t.value.none, "none of these"];

/** Whether a name reads like an answer without a class. */
export function isNameOfNone(name: string): boolean {
  const words = plain(name.replace(/[_\-./\\:]/g, ""));
  return noneNames().some((one) => plain(one) === words);
}

/** The name among others that differs from one only in capitals or blanks. */
export function twinOf(name: string, others: string[]): string | undefined {
  return others.find((other) => other !== name && plain(other) === plain(name));
}

/** Note that a person has been told of names that are near others: it is not said again. */
export function noteTold(names: string[]): void {
  for (const name of names) separate.add(name);
}

/** Say which new classes of a change have names that are near those of others. */
export function tellTwins(change: Change): void {
  const pairs = new Set<string>();
  for (const [name, others] of Object.entries((change.detail.near ?? {}) as Record<string, string[]>)) {
    const fresh = others.filter((other) => !pairs.has(JSON.stringify([other, name])));
    for (const other of fresh) pairs.add(JSON.stringify([name, other]));
    if (fresh.length && !separate.has(name)) hint(t.value.nearNames(name, fresh));
  }
}
