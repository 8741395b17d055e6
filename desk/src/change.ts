// What a change says of itself: whether it made a version, and what removing its examples takes back; and its undo.
import { api, Failure, ownKeys } from "./api";
import { PAGE } from "./limits";
import { isOtherwise } from "./meanwhile";
import { own } from "./state";
import type { Change, Undone } from "./types";

/**
 * Whether a change that this page asked for made a version: then it has the key of the request.
 * Where a decision found nothing to change, the label space only notes who decided.
 */
export function isVersion(change: Change): boolean {
  return ownKeys.has(String(change.detail.key));
}

/**
 * The examples and negative ones of a decision, if the change did nothing but add them. To remove
 * them takes it back then. Null where it moved or ended others, or lists fewer than it may have added.
 *
 * n: how many the decision asked for; those of them that were there already are ``known``.
 */
export function additionsAlone(change: Change, n: number): string[] | null {
  const ids = (key: string): string[] => (change.detail[key] as string[] | undefined) ?? [];
  const additions = [...ids("examples"), ...ids("negatives")];
  const others = [...ids("moved"), ...ids("removed"), ...ids("withdrawn")];
  return others.length || additions.length + Number(change.detail.known ?? 0) !== n ? null : additions;
}

/** Whether a change is in this label space: an older copy that took its place does not have it. */
export async function isInHistory(name: string, change: Change): Promise<boolean> {
  for (let start = 0; ; start += PAGE) {
    const { changes } = await api.history(name, PAGE, start);
    if (changes.some((one) => one.mark === change.mark)) return true;
    if ((changes.at(-1)?.version ?? 0) <= change.version) return false;
  }
}

/** Undo something, and note the change that this makes as one of this page. Return false where later changes stand in its way. */
export async function isUndone(undo: () => Promise<Undone>): Promise<boolean> {
  try {
    const undone = await undo();
    if (undone.change) own.add(undone.change.mark);
    return true;
  } catch (error) {
    if (error instanceof Failure && error.status === 409 && !isOtherwise(error)) return false;
    throw error;
  }
}
