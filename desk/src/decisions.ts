// Decisions on the documents of the inbox, and their undo. They go out in their order, and wait for a
// service that is away: the list shows them at once.
import { api, Failure, newKey } from "./api";
import { additionsAlone, isInHistory, isVersion } from "./change";
import { catchUp, entries, load, movement, pending, pendingCount, sentDocument, titleOf, turns } from "./documents";
import { type Entry, isAnswering, withoutClasses } from "./entry";
import { requireAsShown } from "./meanwhile";
import { answerOf } from "./jobs";
import { answering, attempt, isSeveral, messages, notify, own, refresh, report, space, t } from "./state";
import { tellTwins } from "./twins";
import type { Change } from "./types";

interface Decision {
  /** The label space that it belongs to: the page may display another one by the time it is sent. */
  space: string;
  entries: Entry[];
  /** How many examples it asks for, or negative ones. */
  n: number;
  change: Promise<Change | null>;
}

const decisions: Decision[] = [];
let queue: Promise<unknown> = Promise.resolve();

/** Say which classes documents have, all of each. The list shows it at once; what is refused is taken back. */
export function decide(labels: Map<Entry, string[]>): void {
  const name = space.value;
  const subjects = [...labels.keys()];
  const record = Object.fromEntries([...labels].map(([entry, names]) => [entry.key, names]));
  movement.value = null;
  entries.value = entries.value.map((one) => {
    const names = record[one.key];
    if (names === undefined) return { ...one, was: undefined };
    const { labels: _, ...rest } = one; // those of an earlier decision
    const all = isSeveral.value ? { labels: names.toSorted() } : {};
    return { ...rest, ...all, by: "person", label: names[0] ?? null, was: undefined, ticks: undefined };
  });
  const n = [...labels.values()].reduce((sum, names) => sum + names.length, 0);
  send(name, subjects, n, () => carryOut(name, subjects, record));
}

/** Say that a document is not of a class, whatever it is. The class leaves it at once; it stays open, for another answer. */
export function refute(entry: Entry, label: string): void {
  const name = space.value;
  movement.value = null;
  entries.value = entries.value.map((one) => (one.key === entry.key ? { ...withoutClasses(one, (other) => other === label), refused: [...(one.refused ?? []), label] } : one));
  send(name, [entry], 1, () => carryOutRefutation(name, entry, [label]));
}

/** Say that a document is of none of the classes. It is open again once there is another class. */
export function refuteAll(entry: Entry): void {
  const name = space.value;
  const labels = answering.value.map((one) => one.name);
  movement.value = null;
  entries.value = entries.value.map((one) => {
    if (one.key !== entry.key || !one.answer) return one;
    const { labels: _, ...rest } = one;
    const answer = { ...one.answer, label: null, score: null, margin: null, probability: null, chance: null, none_probability: null, alternatives: [], reason: "", ...(one.answer.labels ? { labels: [] } : {}) };
    return { ...rest, by: "label space", label: null, was: undefined, ticks: undefined, isAsked: undefined, answer };
  });
  send(name, [entry], labels.length, () => carryOutRefutation(name, entry, labels));
}

/** Send a decision after those before it, and look at the label space once all have arrived. */
function send(name: string, subjects: Entry[], n: number, act: () => Promise<Change | null>): void {
  const change = inTurn(name, act);
  const decision = { space: name, entries: subjects, n, change };
  decisions.push(decision);
  queue = change.then(async (made) => {
    if (!made) drop(decision);
    if (!pending.length) await attempt(lookAgain);
  });
}

/** Forget a decision that was not saved: there is nothing to take back. */
function drop(decision: Decision): void {
  const at = decisions.indexOf(decision);
  if (at >= 0) decisions.splice(at, 1);
}

async function lookAgain(): Promise<void> {
  await refresh();
  await catchUp();
}

/** Act on a label space after what is on its way. */
function inTurn<T>(name: string, act: () => Promise<T>): Promise<T> {
  pending.push(name);
  pendingCount.value = pending.length;
  turns.set(name, (turns.get(name) ?? 0) + 1);
  return queue.then(act, act).finally(() => {
    pending.splice(pending.indexOf(name), 1);
    pendingCount.value = pending.length;
  });
}

/** Send a decision, as one request, until it has arrived: a service that is away is waited for. */
function inTime<T>(send: (key: string) => Promise<T>): Promise<T> {
  const key = newKey();
  return answerOf(() => send(key), undefined, t.value.notSaved);
}

async function carryOutRefutation(name: string, entry: Entry, labels: string[]): Promise<Change | null> {
  try {
    const document = sentDocument(entry.key);
    const content = document?.text !== undefined ? { text: document.text } : { image: document?.image };
    await requireAsShown(name, [entry], () => labels.length > 1 ? [] : null);
    const examples = labels.map((label) => ({ not_label: label, source: document?.source ?? "", ...content }));
    const change = await inTime((key) => document
      ? api.change(name, { kind: "refute", examples }, undefined, key)
      : api.refute(name, entry.key, labels, key));
    own.add(change.mark);
    return change;
  } catch (error) {
    if (name === space.value) restore([entry]);
    complain(error);
    return null;
  }
}

async function carryOut(name: string, subjects: Entry[], labels: Record<string, string[]>): Promise<Change | null> {
  try {
    await requireAsShown(name, subjects, (key) => labels[key] ?? []);
    const here = subjects.filter((one) => sentDocument(one.key) !== undefined);
    let change: Change;
    if (here.length === subjects.length) {
      const examples = here.flatMap((one) => {
        const document = sentDocument(one.key);
        const content = document?.text !== undefined ? { text: document.text } : { image: document?.image };
        return (labels[one.key] ?? []).map((label) => ({ label, source: document?.source ?? "", ...content }));
      });
      change = await inTime((key) => api.change(name, { kind: "correct", examples }, undefined, key));
    } else {
      change = await inTime((key) => api.decide(name, labels, key));
    }
    own.add(change.mark);
    tellTwins(change);
    return change;
  } catch (error) {
    if (name === space.value) restore(subjects);
    complain(error);
    return null;
  }
}

/** Say that a decision was not saved, also to a person who must sign in first: the list does not tell. */
function complain(error: unknown): void {
  report(error);
  const text = t.value.signedOutUnsaved;
  if (error instanceof Failure && error.status === 401 && messages.value.every((one) => one.text !== text)) report(new Failure(408, text));
}

function restore(subjects: Entry[]): void {
  const old = new Map(subjects.map((one) => [one.key, one]));
  entries.value = entries.value.map((one) => withoutClasses(old.get(one.key) ?? one, (label) => !isAnswering(label)));
}

/** Which decision on this label space that was made here is the last one, or the last one on a document. */
function lastDecision(key?: string): number {
  return decisions.findLastIndex((one) => one.space === space.value && (key === undefined || one.entries.some((entry) => entry.key === key)));
}

/** Whether a decision on a document was made here: the last one of all, or an earlier one. */
export function ownDecision(key: string): "last" | "earlier" | "none" {
  const at = lastDecision(key);
  return at < 0 ? "none" : at === lastDecision() ? "last" : "earlier";
}

/** Take back the last decision on this label space, or on a document, after those that are on their way. Return the key of its document. */
export function undo(key?: string): string | null {
  const at = lastDecision(key);
  const [last] = at < 0 ? [] : decisions.splice(at, 1);
  if (!last) {
    notify(t.value.nothingToUndo);
    return null;
  }
  restore(last.entries);
  movement.value = null;
  const [first] = last.entries;
  notify(t.value.undoneOf(last.entries.length === 1 && first ? titleOf(first) : t.value.documents(last.entries.length)));
  queue = inTurn(last.space, () => attempt(() => carryOutUndo(last))).then(async (isDone) => {
    if (isDone && !pending.length) await attempt(lookAgain);
  });
  return first?.key ?? null;
}

async function carryOutUndo(last: Decision): Promise<void> {
  const change = await last.change;
  if (!change) return;
  const keys = last.entries.map((one) => one.key);
  try {
    const undone = await inTime((key) => api.undo(last.space, isVersion(change) ? change : null, keys, key));
    if (undone.change) own.add(undone.change.mark);
  } catch (error) {
    if (!(error instanceof Failure && error.status === 409)) {
      decisions.push(last); // it is in force, and can be taken back later
      throw error;
    }
    const ids = additionsAlone(change, last.n);
    if (!ids || !(await answerOf(() => isInHistory(last.space, change)))) {
      notify(t.value.cannotUndo);
      await load(); // it is listed as it is, once this has ended
      return;
    }
    own.add((await inTime((key) => api.change(last.space, { kind: "remove", ids }, undefined, key))).mark);
    await inTime((key) => api.undo(last.space, null, keys, key));
  }
}

let isLeaving = false;

/** Load the page anew. What waits is dropped: whoever asks for it knows how much that is. */
export function startAnew(): void {
  isLeaving = true;
  location.reload();
}

addEventListener("beforeunload", (event) => {
  if (pending.length && !isLeaving) event.preventDefault(); // the browser asks whether to leave before it is done
});
