// What a person has typed and not sent, or chosen to look at: it waits while they look at something else, until the page is closed.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { session, space } from "./state";

const drafts = signal<ReadonlyMap<string, unknown>>(new Map());

/** Of one person and one label space: another person does not see it. */
const keyOf = (field: string): string => [session.value?.name, space.value, field].join("\0");
const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

function put(key: string, value: unknown, initial: unknown): void {
  const next = new Map(drafts.value);
  if (isSame(value, initial)) next.delete(key);
  else next.set(key, value);
  drafts.value = next;
}

/** Whether a field holds what was not sent. */
export function hasDraft(field: string): boolean {
  return drafts.value.has(keyOf(field));
}

/** Take what was typed into a field over into another one, such as that of a class by its new name. */
export function moveDraft(from: string, to: string): void {
  const next = new Map(drafts.value);
  const value = next.get(keyOf(from));
  next.delete(keyOf(from));
  drafts.value = value === undefined ? next : next.set(keyOf(to), value);
}

/** The value of a field that keeps what was typed, and how to set it. Once it is ``initial``, there is no draft. */
export function useDraft<T>(field: string, initial: T): [T, (value: T) => void] {
  const key = keyOf(field);
  const draft = drafts.value.get(key) as T | undefined;
  useEffect(() => {
    if (draft !== undefined && isSame(draft, initial)) put(key, initial, initial);
  });
  return [draft ?? initial, (value) => put(key, value, initial)];
}
