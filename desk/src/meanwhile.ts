// What somebody else has decided on documents since somebody decided on them here: the service refuses that, and this says why.
import { api, Failure } from "./api";
import { titleOf } from "./documents";
import { seenOf, wordsOf } from "./entry";
import { answerOf } from "./jobs";
import { INBOX } from "./limits";
import { answering, t } from "./state";
import type { InboxItem, DecisionSeen } from "./types";

const UNKNOWN = [404, 422]; // what the service says of a document that it does not remember
const MOST_ASKED = 8; // documents that are asked for one by one, not as a list

/** What a person has decided on a document: its classes, "" for none of them; undefined where nobody has. */
function decisionOf({ labels, refused }: DecisionSeen): string | undefined {
  if (labels) return wordsOf(labels) ?? "";
  return answering.value.length && answering.value.every((one) => refused?.includes(one.name)) ? "" : undefined;
}

/** The documents as the label space has them now; those that it does not remember are left out. */
async function asNow(name: string, keys: string[]): Promise<InboxItem[]> {
  if (keys.length > MOST_ASKED) return (await answerOf(() => api.inbox(name, INBOX), undefined, t.value.notSaved)).documents;
  const requests = keys.map(async (key): Promise<InboxItem[]> => {
    try {
      return [await answerOf(() => api.document(name, key, 0), undefined, t.value.notSaved)];
    } catch (error) {
      if (error instanceof Failure && UNKNOWN.includes(error.status)) return []; // this page alone has it
      throw error;
    }
  });
  return (await Promise.all(requests)).flat();
}

const OTHERWISE = "DecidedOtherwise"; // the kind of a failure where somebody else has decided since

export function isOtherwise(error: unknown): error is Failure {
  return error instanceof Failure && error.kind === OTHERWISE;
}

/** What a decision failed of, in a sentence about its documents where somebody else has decided otherwise. */
export async function explained(error: unknown, name: string, seen: Record<string, DecisionSeen>, decided: (key: string) => string[] | null): Promise<unknown> {
  if (!isOtherwise(error)) return error;
  try {
    await requireAsSeen(name, seen, decided);
  } catch (reason) {
    return reason;
  }
  return new Failure(409, t.value.conflict);
}

/**
 * Throw where somebody else has decided on documents since they were seen, and otherwise than it is decided here.
 *
 * decided: the classes that a document is to have by its key; null where a single one is refused.
 */
async function requireAsSeen(name: string, seen: Record<string, DecisionSeen>, decided: (key: string) => string[] | null): Promise<void> {
  const newest = new Map((await asNow(name, Object.keys(seen))).map((one): [string, InboxItem] => [one.key, one]));
  for (const [key, before] of Object.entries(seen)) {
    const one = newest.get(key);
    if (!one) continue;
    const labels = decided(key);
    const [earlier, present, sought] = [decisionOf(before), decisionOf(seenOf(one)), labels && (wordsOf(labels) ?? "")];
    if (present !== earlier && present !== sought)
      throw new Failure(409, present === undefined ? t.value.openedMeanwhile(titleOf(one)) : t.value.decidedMeanwhile(titleOf(one), present || t.value.none));
    const refused = earlier === undefined ? labels?.find((label) => one.refused?.includes(label) && !before.refused?.includes(label)) : undefined;
    if (refused !== undefined && present === undefined) throw new Failure(409, t.value.refusedMeanwhile(titleOf(one), refused));
  }
}
