// Documents that are taken off the list of the inbox. For some seconds that can be taken back; then the label space forgets them.
import { api } from "./api";
import { documentsGone, entries, hide, isHereAlone, load, showAgain } from "./documents";
import type { Entry } from "./entry";
import { answerOf } from "./jobs";
import { report, space, t } from "./state";

const MILLISECONDS = 7000; // as long as the message stays in which that can be taken back

interface Removal { space: string; rows: Entry[]; order: string[]; timer: ReturnType<typeof setTimeout> }
let last: Removal | null = null;

/** Whether documents were removed just now, so that it can be taken back. */
export const isRemoving = (): boolean => last !== null;

/** Take documents off the list. */
export function remove(rows: Entry[]): void {
  void finishRemoval();
  const order = entries.value.map((one) => one.key);
  hide(space.value, rows);
  last = { space: space.value, rows, order, timer: setTimeout(() => void finishRemoval(), MILLISECONDS) };
}

/** List the documents again that were removed last. Return the key of the first one, which is null where it is too late. */
export function takeBackRemoval(): string | null {
  const removal = last;
  if (!removal) return null;
  clearTimeout(removal.timer);
  last = null;
  showAgain(removal.space, removal.rows, removal.order);
  return removal.rows[0]?.key ?? null;
}

/** Let the label space forget what was removed, as one request, where that has not been taken back. */
export async function finishRemoval(): Promise<void> {
  const removal = last;
  if (!removal) return;
  clearTimeout(removal.timer);
  last = null;
  const keys = removal.rows.filter((one) => !isHereAlone(one)).map((one) => one.key);
  try {
    if (keys.length) await answerOf(() => api.forget(removal.space, keys), undefined, t.value.notSaved);
    documentsGone(removal.space, removal.rows);
  } catch (error) {
    showAgain(removal.space, removal.rows, removal.order);
    report(error);
    if (removal.space === space.value) await load().catch(report);
  }
}
