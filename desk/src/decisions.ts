// Decisions on the documents of the inbox, and their undo. They go out in their order, and wait for a
// service that is away: the list shows them at once.
import { api, Failure } from "./api";
import { inTime, isLongWork, partsOf, sendLabels, sendRefutation } from "./carrying_out";
import { additionsAlone, isInHistory, isUndone, isVersion } from "./change";
import { catchUp, entries, load, movement, pending, pendingCount, titleOf, turns, unkept } from "./documents";
import { decidedRow } from "./decided_rows";
import { type Entry, isAnswering, ownLabels, seenOf, withoutClasses } from "./entry";
import { explained } from "./meanwhile";
import { answerOf } from "./jobs";
import { finishRemoval, isRemoving } from "./removals";
import { isSaving, whileSaving } from "./saving";
import { answering, attempt, changed, isSeveral, messages, notify, own, refresh, report, space, t } from "./state";
import { tellTwins } from "./twins";
import type { Change, DecisionSeen, Undone } from "./types";

interface Decision {
  /** The label space that it belongs to: the page may display another one by the time it is sent. */
  space: string;
  entries: Entry[];
  /** What was said, in words: the class; empty where it was not the same for all. */
  words: string;
  /** How many examples it asks for, or negative ones. */
  n: number;
  change: Promise<Change | null>;
  /** Whether it and the one before are one act of a person, who takes back both. */
  isSecond?: boolean;
}

const decisions: Decision[] = [];
let queue: Promise<unknown> = Promise.resolve();

/**
 * Say which classes documents have, all of each; without a class, a document is none of these. The list shows it at once,
 * and of many, or of much text, once the service has decided. What is refused is taken back. Return whether all of it is in force, at once unless it is long work.
 */
export async function decide(labels: Map<Entry, string[]>): Promise<boolean> {
  const name = space.value;
  const subjects = [...labels.keys()];
  const isLong = isLongWork(subjects);
  const asSeen = seenNow(subjects);
  const record = Object.fromEntries([...labels].map(([entry, names]) => [entry.key, names]));
  const classes = answering.value.map((one) => one.name);
  movement.value = null;
  const show = (keys: Set<string>): void => {
    entries.value = entries.value.map((one) => keys.has(one.key) ? decidedRow(one, record[one.key] ?? [], classes, isSeveral.value) : isLong ? one : { ...one, was: undefined });
  };
  if (isLong) entries.value = entries.value.map((one) => ({ ...one, was: undefined, ...(one.key in record ? { isSent: true } : {}) }));
  else show(new Set(Object.keys(record)));
  const words = [...new Set([...labels.values()].map((names) => names.join(", ") || t.value.none))];
  const parts = [...partsOf(subjects.filter((one) => record[one.key]?.length)), ...partsOf(subjects.filter((one) => !record[one.key]?.length), classes.length)];
  let last: Promise<Change | null> | null = null;
  const changes = parts.map((part, i) => {
    const of = Object.fromEntries(part.map((one) => [one.key, record[one.key] ?? []]));
    const view = Object.fromEntries(part.map((one) => [one.key, asSeen[one.key] ?? {}]));
    const n = Object.values(of).reduce((sum, names) => sum + (names.length || classes.length), 0);
    const before = last;
    const act = async (): Promise<Change | null> => before && !(await before) ? leave(name, part) : carryOut(name, part, of, view, classes);
    const change = send(name, part, words.length === 1 ? words[0] ?? "" : "", n, act, i > 0);
    if (isLong) void change.then((outcome) => {
      if (outcome && name === space.value && decisions.some((one) => one.change === change)) show(new Set(part.map((one) => one.key)));
    });
    last = change;
    return change;
  });
  return !isLong || (await Promise.all(changes)).every(Boolean);
}

/** Say that a document is not of a class, whatever it is. The class leaves it at once; it stays open, for another answer. */
export function refute(entry: Entry, label: string): void {
  const name = space.value;
  const asSeen = seenNow([entry]);
  movement.value = null;
  entries.value = entries.value.map((one) => (one.key === entry.key ? { ...withoutClasses(one, (other) => other === label), refused: [...(one.refused ?? []), label] } : one));
  send(name, [entry], t.value.notThis(label), 1, () => carryOutRefutation(name, entry, [label], asSeen));
}

/** Say that a document is of none of the classes. It is open again once there is another class. ``isSecond``: it is one act with the decision before. */
export function refuteAll(entry: Entry, isSecond = false): void {
  const name = space.value;
  const labels = answering.value.map((one) => one.name);
  const asSeen = seenNow([entry]);
  movement.value = null;
  entries.value = entries.value.map((one) => one.key === entry.key ? decidedRow(one, [], labels, isSeveral.value) : one);
  send(name, [entry], t.value.none, labels.length, () => carryOutRefutation(name, entry, labels, asSeen), isSecond);
}

/** What the page shows decided on documents now, also what was decided here and is on its way. */
function seenNow(subjects: Entry[]): Record<string, DecisionSeen> {
  const present = new Map(entries.value.map((one) => [one.key, one]));
  return Object.fromEntries(subjects.map((one) => [one.key, seenOf(present.get(one.key) ?? one)]));
}

/** Send a decision after those before it, and look at the label space once all have arrived. */
function send(name: string, subjects: Entry[], words: string, n: number, act: () => Promise<Change | null>, isSecond = false): Promise<Change | null> {
  void finishRemoval(); // the last act is this one
  const change = inTurn(name, act);
  const decision = { space: name, entries: subjects, words, n, change, isSecond };
  decisions.push(decision);
  queue = change.then(async (outcome) => {
    if (!outcome) drop(decision);
    if (!pending.length) await attempt(lookAgain);
  });
  return change;
}

/** Note a change of another view as a decision of this page: *undo* takes it back. ``subjects``: its documents, as they were before. */
export function noteDecision(name: string, subjects: Entry[], words: string, n: number, outcome: Change, isSecond = false): void {
  decisions.push({ space: name, entries: subjects, words, n, change: Promise.resolve(outcome), isSecond });
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
  return whileSaving(() => queue.then(act, act)).finally(() => {
    pending.splice(pending.indexOf(name), 1);
    pendingCount.value = pending.length;
  });
}

async function carryOutRefutation(name: string, entry: Entry, labels: string[], asSeen: Record<string, DecisionSeen>): Promise<Change | null> {
  try {
    const change = await sendRefutation(name, entry, labels, asSeen);
    own.add(change.mark);
    return change;
  } catch (error) {
    const reason = await explained(error, name, asSeen, () => labels.length > 1 ? [] : null);
    if (name === space.value) restore([entry]);
    complain(reason);
    return null;
  }
}

/** Leave documents as they were: the part of the decision before this one was not carried out. */
function leave(name: string, subjects: Entry[]): null {
  if (name === space.value) restore(subjects);
  return null;
}

async function carryOut(name: string, subjects: Entry[], labels: Record<string, string[]>, asSeen: Record<string, DecisionSeen>, classes: string[]): Promise<Change | null> {
  try {
    const change = await sendLabels(name, subjects, labels, asSeen, classes);
    if (!change) return leave(name, subjects);
    own.add(change.mark);
    tellTwins(change);
    return change;
  } catch (error) {
    const reason = await explained(error, name, asSeen, (key) => labels[key] ?? []);
    if (name === space.value) restore(subjects);
    complain(reason);
    return null;
  }
}

/** Say that a decision was not saved, also to a person who must sign in first: the list does not tell. */
function complain(error: unknown): void {
  messages.value = messages.value.filter((one) => one.kind === "error"); // what they say did not happen
  if (error instanceof Failure && error.status === 409) changed.value++; // the list may be as it was drawn before
  report(error);
  const text = t.value.signedOutUnsaved;
  if (error instanceof Failure && error.status === 401 && messages.value.every((one) => one.text !== text)) report(new Failure(408, text));
}

function restore(subjects: Entry[]): void {
  const old = new Map(subjects.map((one) => [one.key, one]));
  entries.value = entries.value.map((one) => withoutClasses(old.get(one.key) ?? one, (label) => !isAnswering(label)));
}

/**
 * Take back a decision, after those that are on their way: the last one of this page on this label space, or
 * that on a document, whoever made it. The list shows it at once; a message says that it is done once it is.
 * Return the key of its document.
 */
export function undo(of?: Entry): string | null {
  const name = space.value;
  const at = decisions.findLastIndex((one) => one.space === name && (!of || isDecisionOn(one, of)));
  const [last] = at < 0 ? [] : decisions.splice(at, 1);
  if (!last && !of) {
    notify(t.value.nothingToUndo);
    return null;
  }
  const subjects = last?.entries ?? (of ? [of] : []);
  const asSeen = seenNow(subjects);
  const words = last?.words ?? wordsOn(of);
  const rows = entries.value.filter((one) => one.key in asSeen);
  if (last) restore(last.entries);
  else if (of) open(of);
  movement.value = null;
  const [first] = subjects;
  const what = !first ? "" : subjects.length === 1 ? titleOf(first) : t.value.documents(subjects.length);
  notify(first ? t.value.undoingOf(what, words) : t.value.undoing);
  const act = (): Promise<boolean> => last ? carryOutUndo(last, asSeen, of !== undefined) : takeBack(name, subjects, "all", asSeen);
  queue = inTurn(name, async () => {
    try {
      if (await act()) notify(first ? t.value.undoneOf(what, words) : t.value.undone);
    } catch (error) {
      const reason = await explained(error, name, asSeen, () => null);
      if (name === space.value) restore(rows);
      complain(reason);
    }
  }).then(async () => {
    if (!pending.length) await attempt(lookAgain);
  });
  return last?.isSecond ? undo() : first?.key ?? null;
}

/** Whether a decision of this page is the one that stands on a document, and on that alone. */
function isDecisionOn(one: Decision, of: Entry): boolean {
  return one.entries.length === 1 && one.entries[0]?.key === of.key && one.words === wordsOn(of);
}

/** What is decided on a document, in words. */
function wordsOn(of: Entry | undefined): string {
  return (of && ownLabels(of).join(", ")) || t.value.none;
}

/** Say what was decided just now, with a way to take it back. */
export function announceDecision(words: string, takeBack: () => void = () => void undo()): void {
  notify(words, { name: t.value.undo, run: takeBack });
}

/** Decide on documents, and say so once ``decide`` says that it is in force. */
export async function decideAndSay(labels: Map<Entry, string[]>, words: string, takeBack?: () => void): Promise<void> {
  if (await decide(labels)) announceDecision(words, takeBack);
}

/** Show a document as one that nobody has decided on. */
function open(of: Entry): void {
  entries.value = entries.value.map((one) => {
    if (one.key !== of.key) return one;
    const { labels: _, refused: __, ...rest } = one;
    return { ...rest, by: "label space", label: one.answer?.label ?? null, ticks: undefined, was: undefined };
  });
}

/** Open documents again, as one change that the history can take back. Return true. */
async function takeBack(name: string, subjects: Entry[], examples: string[] | "all", asSeen: Record<string, DecisionSeen>): Promise<boolean> {
  if (await isUndone(() => requestTakingBack(name, subjects, examples, asSeen))) return true;
  throw new Failure(409, t.value.conflict);
}

const requestTakingBack = (name: string, subjects: Entry[], examples: string[] | "all", asSeen: Record<string, DecisionSeen>): Promise<Undone> =>
  inTime((key) => api.takeBack(name, subjects.map((one) => one.key), examples, asSeen, key));

/** Return whether it is undone. ``isOfDocument``: where the change cannot be undone, the document is opened again whatever was decided on it before. */
async function carryOutUndo(last: Decision, asSeen: Record<string, DecisionSeen>, isOfDocument: boolean): Promise<boolean> {
  const change = await last.change;
  if (!change) return false;
  const keys = last.entries.map((one) => one.key);
  try {
    if (await isUndone(() => isVersion(change) ? inTime((key) => api.undo(last.space, change, keys, key)) : requestTakingBack(last.space, last.entries, [], asSeen))) return true;
  } catch (error) {
    decisions.push(last); // it is in force, and can be taken back later
    throw error;
  }
  const ids = additionsAlone(change, last.n);
  if ((ids || isOfDocument) && await answerOf(() => isInHistory(last.space, change))) return takeBack(last.space, last.entries, ids ?? "all", asSeen);
  notify(t.value.cannotUndo);
  await load(); // it is listed as it is, once this has ended
  return false;
}

let isLeaving = false;

/** Load the page anew. What waits is dropped: whoever asks for it knows how much that is. */
export function startAnew(): void {
  isLeaving = true;
  location.reload();
}

addEventListener("beforeunload", (event) => {
  const isGoingOn = isSaving() || isRemoving();
  void finishRemoval();
  if ((isGoingOn || unkept()) && !isLeaving) event.preventDefault(); // the browser asks whether to leave what is not done, or not kept
});
