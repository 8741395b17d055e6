// Sends what somebody decides on documents: as one request that waits for a service that is away, or, of many documents, as long work that can be stopped.
import { api, newKey } from "./api";
import { sentDocument } from "./documents";
import type { Entry } from "./entry";
import { answerOf, run } from "./jobs";
import { DECISIONS, PAGE } from "./limits";
import { withProgress } from "./saving";
import { notify, t } from "./state";
import type { Change, DecisionSeen } from "./types";

const MANY = 50; // documents, from which on a decision shows how far it is,
const MUCH = 100_000; // or characters of texts that this page sends: several seconds of the encoder
const MOST = 24_000_000; // bytes of texts in one request

type Seen = Record<string, DecisionSeen>;

/** Send a decision, as one request, until it has arrived: a service that is away is waited for. */
export function inTime<T>(send: (key: string) => Promise<T>): Promise<T> {
  const key = newKey();
  return answerOf(() => send(key), undefined, t.value.notSaved);
}

const isHere = (one: Entry): boolean => sentDocument(one.key) !== undefined;
const contentOf = (one: Entry): { text: string } | { image: string | undefined } => {
  const document = sentDocument(one.key);
  return document?.text !== undefined ? { text: document.text } : { image: document?.image };
};
const sourceOf = (one: Entry): string => sentDocument(one.key)?.source ?? "";
const bytesOf = (one: Entry): number => 3 * (sentDocument(one.key)?.text?.length ?? 0) + (sentDocument(one.key)?.image?.length ?? 0) + 300;

/** Whether a decision on documents takes so long that it shows how far it is, and can be stopped. */
export function isLongWork(subjects: Entry[]): boolean {
  return subjects.length >= MANY || subjects.reduce((sum, one) => sum + (sentDocument(one.key)?.text?.length ?? 0), 0) >= MUCH;
}

/** Documents in parts that a request each takes: those whose texts this page sends along, so many times, and those whose texts the label space has. */
export function partsOf(subjects: Entry[], times = 1): Entry[][] {
  const parts: Entry[][] = [];
  for (const group of [subjects.filter(isHere), subjects.filter((one) => !isHere(one))]) {
    const most = Math.max(1, Math.floor(DECISIONS / times));
    let [part, size]: [Entry[], number] = [[], 0];
    for (const one of group) {
      if (part.length && (size + times * bytesOf(one) > MOST || part.length === most)) {
        parts.push(part);
        [part, size] = [[], 0];
      }
      part.push(one);
      size += times * bytesOf(one);
    }
    if (part.length) parts.push(part);
  }
  return parts;
}

/** Send which classes documents have, all in one of the two ways of ``partsOf``; without a class, that they have none of ``classes``. Return the change; null where it was stopped. */
export async function sendLabels(name: string, subjects: Entry[], labels: Record<string, string[]>, asSeen: Seen, classes: string[]): Promise<Change | null> {
  const isNone = Object.values(labels).every((names) => !names.length);
  const examples = subjects.every(isHere)
    ? subjects.flatMap((one) => (isNone ? classes : labels[one.key] ?? []).map((label) => ({ ...(isNone ? { not_label: label } : { label }), source: sourceOf(one), ...contentOf(one) })))
    : null;
  const correction = { kind: isNone ? "refute" : "correct", examples, as_seen: asSeen };
  if (!isLongWork(subjects)) return inTime((key) => examples ? api.change(name, correction, undefined, key) : api.decide(name, labels, asSeen, key));
  const work = examples ? { kind: "change", change: correction } : { kind: "decide", decisions: api.decisions(labels, asSeen) };
  const n = subjects.length;
  const job = await withProgress(() => run(name, work, (state) => t.value.decidingMany(Math.round((state.share ?? 0) * n), n)));
  if (!job) {
    notify(t.value.stoppedDeciding(n));
    return null;
  }
  const { changes } = await answerOf(() => api.history(name, PAGE));
  const change = changes.find((one) => one.version === job.version);
  if (change) return change;
  const [latest] = changes;
  return latest ? { ...latest, mark: "", detail: {} } : null; // nothing was to be changed: there is no version to undo
}

/** Send which classes a document is not of. */
export function sendRefutation(name: string, entry: Entry, labels: string[], asSeen: Seen): Promise<Change> {
  const examples = labels.map((label) => ({ not_label: label, source: sourceOf(entry), ...contentOf(entry) }));
  return inTime((key) => isHere(entry)
    ? api.change(name, { kind: "refute", examples, as_seen: asSeen }, undefined, key)
    : api.refute(name, entry.key, labels, asSeen, key));
}
