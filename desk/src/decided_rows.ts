// Documents as the list shows them once somebody has decided on them.
import type { Entry } from "./entry";

/** The document with the classes that somebody gave it, all of them where it may have several; without one, it is none of these. */
export function decidedRow(one: Entry, names: string[], classes: string[], isSeveral: boolean): Entry {
  const { labels: _, isSent: __, ...rest } = one; // those of an earlier decision
  if (names.length) return { ...rest, ...(isSeveral ? { labels: names.toSorted() } : {}), by: "person", label: names[0] ?? null, was: undefined, ticks: undefined };
  if (!one.answer) return { ...rest, ticks: undefined };
  const nothing = { label: null, score: null, margin: null, probability: null, chance: null, none_probability: null, alternatives: [], reason: "" };
  const answer = { ...one.answer, ...nothing, ...(one.answer.labels ? { labels: [] } : {}) };
  return { ...rest, by: "label space", label: null, was: undefined, ticks: undefined, isAsked: undefined, refused: classes, answer };
}
