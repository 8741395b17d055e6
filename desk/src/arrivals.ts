// When documents have come to a label space, or were decided on, without a change of it: by a followed
// folder, a program, the command line, another person. The views that list documents look again then.
import { signal } from "@preact/signals";

const REST = 4; // times as long as a look took, before the next one

/** Counts up when the view that is displayed lacks documents. */
export const arrivals = signal(0);

let listed = ""; // the mark of the documents that are displayed; empty before there are any
let restUntil = 0;

/** Count up where the documents have another mark than those that are displayed. */
export function noteMark(mark: string): void {
  if (listed && mark !== listed && Date.now() >= restUntil) arrivals.value++;
}

/** Ask for a list of documents; what comes meanwhile is listed by a later look, not at the same time. */
export async function listing<T extends { remembered_mark: string }>(ask: () => Promise<T>): Promise<T> {
  const start = Date.now();
  restUntil = Infinity;
  try {
    return await ask();
  } finally {
    restUntil = Date.now() + REST * (Date.now() - start);
  }
}

/** Note the mark of the documents that are displayed from now on. */
export function display(mark: string): void {
  listed = mark;
}
