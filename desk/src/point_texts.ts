// What points of the map say: of documents the list of the page knows it, of examples the service, class by class.
import { api, inPages } from "./api";
import { entries, isOpen, remembersTexts, titleOf } from "./documents";
import type { Named } from "./explanations";
import { EXAMPLE, type Points } from "./map/points";
import { beginning } from "./names";
import { space } from "./state";
import type { StoredExample } from "./types";

const MOST_EXAMPLES = 2000; // of a class, that are asked for
const MOST_CHARACTERS = 300; // of a text in a list

/** A point as a person reads it. */
export interface PointText {
  document: Named;
  title: string;
  words: string;
  isReadable: boolean;
  /** The text of an example; null for a document, which is asked for when somebody wants it. */
  text: string | null;
}

const keyOf = (points: Points, i: number): string => points.answer.keys[i] ?? "";

/** The examples among some points, by their ids. */
export async function examplesOf(points: Points, places: readonly number[]): Promise<Map<string, StoredExample>> {
  const name = space.value;
  const labels = new Set(places.filter((i) => points.kinds[i] === EXAMPLE).map((i) => points.answer.classes[points.labels[i] ?? -1] ?? ""));
  const lists = await Promise.all([...labels].map((label) => inPages(MOST_EXAMPLES, async (start, limit) => (await api.examples(name, label, start, limit)).examples)));
  return new Map(lists.flat().map((one) => [one.id, one]));
}

export function textOf(points: Points, i: number, examples: ReadonlyMap<string, StoredExample>): PointText {
  const key = keyOf(points, i);
  const id = points.answer.titles[i] ?? "";
  if (points.kinds[i] === EXAMPLE) {
    const one = examples.get(key);
    const text = one?.text ?? "";
    return { document: { key, has_text: false }, title: one?.source || id, words: beginning(text, MOST_CHARACTERS), isReadable: text !== "", text };
  }
  const entry = entries.value.find((one) => one.key === key);
  if (!entry) return { document: { key, has_text: remembersTexts() }, title: titleOf({ key, id }), words: "", isReadable: remembersTexts(), text: null };
  return { document: entry, title: titleOf(entry), words: beginning(entry.excerpt, MOST_CHARACTERS), isReadable: isOpen(entry), text: null };
}
