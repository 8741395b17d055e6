// What a person has typed and not sent.
import { isKept, moveKept, useKept } from "./kept";

const nameOf = (field: string): string => `draft: ${field}`;

/** Whether a field holds what was not sent. */
export function hasDraft(field: string): boolean {
  return isKept(nameOf(field));
}

/** Take what was typed into a field over into another one, such as that of a class by its new name. */
export function moveDraft(from: string, to: string): void {
  moveKept(nameOf(from), nameOf(to));
}

/** The value of a field that keeps what was typed, and how to set it. Once it is ``initial``, there is no draft. */
export function useDraft<T>(field: string, initial: T): [T, (value: T) => void] {
  return useKept(nameOf(field), initial);
}
