// What a person has typed or chosen: it waits while they look at something else, until the page is closed.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { session, space } from "./state";

const values = signal<ReadonlyMap<string, unknown>>(new Map());

/** Of one person and one label space: another person does not see it. */
const keyOf = (field: string): string => [session.value?.name, space.value, field].join("\0");
const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

function put(key: string, value: unknown, initial: unknown): void {
  const next = new Map(values.value);
  if (isSame(value, initial)) next.delete(key);
  else next.set(key, value);
  values.value = next;
}

/** Whether a field has another value than at first. */
export function isKept(field: string): boolean {
  return values.value.has(keyOf(field));
}

/** Give the value of a field to another one. */
export function moveKept(from: string, to: string): void {
  const next = new Map(values.value);
  const value = next.get(keyOf(from));
  next.delete(keyOf(from));
  values.value = value === undefined ? next : next.set(keyOf(to), value);
}

/** The value of a field that is kept, and how to set it. Once it is ``initial``, nothing is kept. */
export function useKept<T>(field: string, initial: T): [T, (value: T) => void] {
  const key = keyOf(field);
  const value = values.value.get(key) as T | undefined;
  useEffect(() => {
    if (value !== undefined && isSame(value, initial)) put(key, initial, initial);
  });
  return [value ?? initial, (next) => put(key, next, initial)];
}

/** Give a field a value from elsewhere in the page; undefined is the one that it has at first. */
export function keep(field: string, value: unknown): void {
  put(keyOf(field), value, undefined);
}
