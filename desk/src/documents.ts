// The documents of the inbox: those that the label space remembers, and the texts that this page
// itself has sent. Decisions and their undo go out in their order.
import { computed, signal } from "@preact/signals";
import { api, Failure, type NewDocument } from "./api";
import { type Entry, isDecided, isEarly, isOfAnsweringClass, ranking } from "./entry";
import { answering, attempt, info, notify, own, refresh, report, space, t } from "./state";
import type { Change, Flow, InboxItem } from "./types";

const EXCERPT = 200; // characters, as the service shows them

interface Decision {
  /** The label space that it belongs to: the page may display another one by the time it is sent. */
  space: string;
  entries: Entry[];
  change: Promise<Change | null>;
}

export const entries = signal<Entry[]>([]);
export const total = signal(0);
export const limit = signal(500);
export const loaded = signal("");
export const moved = signal<{ n: number; flows: Flow[] } | null>(null);
export const waiting = computed(() => entries.value.filter((one) => !isDecided(one)));

const sent = new Map<string, NewDocument>(); // what this page has put in, by key
const decisions: Decision[] = [];
let queue: Promise<unknown> = Promise.resolve();
const pending: string[] = []; // the label space of each decision and undo that is on its way

export function remembersTexts(): boolean {
  return info.value?.settings.remember === "text";
}

export function sentDocument(key: string): NewDocument | undefined {
  return sent.get(key);
}

export function isOpen(entry: Entry): boolean {
  return entry.has_text || sent.has(entry.key);
}

/** List the documents again; say which of them changed without being decided. */
export async function load(): Promise<void> {
  const name = space.value;
  const { documents, total: all } = await api.inbox(name, limit.value);
  if (name !== space.value || pending.includes(name)) return; // it is listed once they have arrived
  const fresh = loaded.value !== name;
  const before = new Map(fresh ? [] : entries.value.map((one) => [one.key, one]));
  const keys = new Set(documents.map((one) => one.key));
  let local = fresh ? [] : entries.value.filter((one) => !keys.has(one.key) && sent.has(one.key));
  local = await relabelled(name, local);
  if (name !== space.value) return;
  const flows = new Map<string, Flow>();
  const next = [...local, ...documents].map(withExcerpt).map((one): Entry => {
    const old = before.get(one.key);
    const early = isEarly(one);
    if (!old || one.by === "person") return { ...one, isEarly: early };
    if (early && !old.isEarly && old.answer && isOfAnsweringClass(old)) // until the fits are made
      return { ...one, answer: old.answer, was: old.was, changedAt: old.changedAt };
    const changedAt = ranking(old) === ranking(one) ? old.changedAt : Date.now();
    const [from, to] = [old.answer?.label ?? null, one.answer?.label ?? null];
    if (from === to || !old.answer || !one.answer || early || old.isEarly) return { ...one, was: old.was, changedAt, isEarly: early };
    const flow = flows.get(`${from}\0${to}`) ?? { before: from, after: to, documents: 0 };
    flow.documents += 1;
    flows.set(`${from}\0${to}`, flow);
    return { ...one, was: from, changedAt };
  });
  entries.value = next;
  total.value = Math.max(all, next.length);
  loaded.value = name;
  if (flows.size) {
    const list = [...flows.values()].sort((a, b) => b.documents - a.documents);
    moved.value = { n: list.reduce((sum, one) => sum + one.documents, 0), flows: list };
  }
}

/** A document whose text is not kept has the excerpt of the text that this page has sent. */
function withExcerpt(one: InboxItem): InboxItem {
  if (one.excerpt) return one;
  const line = (sent.get(one.key)?.text ?? "").trim().split(/\s+/, EXCERPT).join(" ");
  return { ...one, excerpt: line.length > EXCERPT ? `${line.slice(0, EXCERPT - 1)}…` : line };
}

/** Label again what is not remembered: the page has it, and nobody else. */
async function relabelled(name: string, local: Entry[]): Promise<Entry[]> {
  const open = local.filter((one) => one.by !== "person").slice(0, 64);
  const documents = open.map((one) => sent.get(one.key)).filter((one) => one !== undefined);
  if (!documents.length) return local;
  const answers = new Map((await api.put(name, documents)).documents.map((one) => [one.key, one.answer]));
  return local.map((one) => ({ ...one, answer: answers.get(one.key) ?? one.answer }));
}

/** Put documents into the inbox of a label space; they are labelled at once. Throws what fails. */
export async function put(documents: NewDocument[], name = space.value): Promise<void> {
  const answer = await api.put(name, documents);
  answer.documents.forEach((one, i) => {
    const document = documents[i];
    if (document) sent.set(one.key, document);
  });
  if (name !== space.value) return;
  const before = new Map(entries.value.map((one) => [one.key, one]));
  const fresh = answer.documents.toReversed().map((one): Entry => { // the last one is the newest, as the service lists them
    const old = before.get(one.key); // where nothing is remembered, the page alone knows what was decided
    const entry = { ...one, isEarly: isEarly(one) };
    return old?.by === "person" && info.value?.settings.remember === "off" ? { ...entry, by: old.by, label: old.label } : entry;
  });
  const keys = new Set(fresh.map((one) => one.key));
  entries.value = [...fresh, ...entries.value.filter((one) => !keys.has(one.key))];
  total.value = Math.max(total.value, entries.value.length);
}

/** Say which classes documents have. The list shows it at once; what is refused is taken back. */
export function decide(labels: Map<Entry, string>): void {
  const name = space.value;
  const chosen = [...labels.keys()];
  const record = Object.fromEntries([...labels].map(([entry, label]) => [entry.key, label]));
  moved.value = null;
  entries.value = entries.value.map((one) => {
    const label = record[one.key];
    if (label === undefined) return { ...one, was: undefined };
    const { labels: _, ...rest } = one; // those of an earlier decision
    return { ...rest, by: "person", label, was: undefined };
  });
  send(name, chosen, () => carryOut(name, chosen, record));
}

/** Say that a document is not of a class, whatever it is. It stays open, with another answer. */
export function refute(entry: Entry, label: string): void {
  const name = space.value;
  moved.value = null;
  send(name, [entry], () => carryOutRefutation(name, entry, [label]));
}

/** Say that a document is of none of the classes. It is open again once there is another class. */
export function refuteAll(entry: Entry): void {
  const name = space.value;
  const labels = answering.value.map((one) => one.name);
  moved.value = null;
  entries.value = entries.value.map((one) => {
    if (one.key !== entry.key || !one.answer) return one;
    const { labels: _, ...rest } = one;
    const answer = { ...one.answer, label: null, score: null, margin: null, probability: null, chance: null, none_probability: null, alternatives: [], reason: "", ...(one.answer.labels ? { labels: [] } : {}) };
    return { ...rest, by: "label space", label: null, was: undefined, answer };
  });
  send(name, [entry], () => carryOutRefutation(name, entry, labels));
}

/** Send a decision after those before it, and look at the label space once all have arrived. */
function send(name: string, chosen: Entry[], act: () => Promise<Change | null>): void {
  const change = inTurn(name, act);
  decisions.push({ space: name, entries: chosen, change });
  queue = change.then(async () => {
    if (!pending.length) await attempt(refresh);
  });
}

/** Act on a label space after what is on its way. */
function inTurn<T>(name: string, act: () => Promise<T>): Promise<T> {
  pending.push(name);
  return queue.then(act, act).finally(() => {
    pending.splice(pending.indexOf(name), 1);
  });
}

async function carryOutRefutation(name: string, entry: Entry, labels: string[]): Promise<Change | null> {
  try {
    const document = sent.get(entry.key);
    const content = document?.text !== undefined ? { text: document.text } : { image: document?.image };
    const examples = labels.map((label) => ({ not_label: label, source: document?.source ?? "", ...content }));
    const change = document
      ? await api.change(name, { kind: "refute", examples })
      : await api.refute(name, entry.key, labels);
    own.add(change.mark);
    return change;
  } catch (error) {
    if (name === space.value) restore([entry]);
    report(error);
    return null;
  }
}

async function carryOut(name: string, chosen: Entry[], labels: Record<string, string>): Promise<Change | null> {
  try {
    const here = chosen.filter((one) => sent.has(one.key));
    let change: Change;
    if (here.length === chosen.length) {
      const examples = here.map((one) => {
        const document = sent.get(one.key);
        return {
          label: labels[one.key], source: document?.source ?? "",
          ...(document?.text !== undefined ? { text: document.text } : { image: document?.image }),
        };
      });
      change = await api.change(name, { kind: "correct", examples });
    } else {
      change = await api.decide(name, labels);
    }
    own.add(change.mark);
    return change;
  } catch (error) {
    if (name === space.value) restore(chosen);
    report(error);
    return null;
  }
}

function restore(chosen: Entry[]): void {
  const old = new Map(chosen.map((one) => [one.key, one]));
  entries.value = entries.value.map((one) => old.get(one.key) ?? one);
}

/** Whether a change is in this label space: an older copy that took its place does not have it. */
async function isInHistory(name: string, change: Change): Promise<boolean> {
  const PAGE = 1000;
  for (let start = 0; ; start += PAGE) {
    const { changes } = await api.history(name, PAGE, start);
    if (changes.some((one) => one.mark === change.mark)) return true;
    if ((changes.at(-1)?.version ?? 0) <= change.version) return false;
  }
}

/** Take back the last decision on this label space, after those that are on their way. Return the key of its document. */
export async function undo(): Promise<string | null> {
  const at = decisions.findLastIndex((one) => one.space === space.value);
  const [last] = at < 0 ? [] : decisions.splice(at, 1);
  if (!last) {
    notify(t.value.nothingToUndo);
    return null;
  }
  restore(last.entries);
  moved.value = null;
  const end = inTurn(last.space, () => attempt(() => carryOutUndo(last)));
  queue = end;
  if ((await end) && !pending.length) await attempt(refresh);
  return last.entries[0]?.key ?? null;
}

async function carryOutUndo(last: Decision): Promise<void> {
  const change = await last.change;
  if (!change) return;
  const added = Array.isArray(change.detail.examples) ? change.detail.examples : [];
  const shifted = Array.isArray(change.detail.moved) ? change.detail.moved : [];
  const refuted = Array.isArray(change.detail.negatives) ? change.detail.negatives : [];
  const keys = last.entries.map((one) => one.key);
  const isVersion = added.length > 0 || shifted.length > 0 || refuted.length > 0;
  try {
    const undone = await api.undo(last.space, isVersion ? change : null, keys);
    if (undone.change) own.add(undone.change.mark);
  } catch (error) {
    if (!(error instanceof Failure && error.status === 409)) {
      decisions.push(last); // it is in force, and can be taken back later
      throw error;
    }
    if (shifted.length || !(await isInHistory(last.space, change))) {
      notify(t.value.cannotUndo);
      return;
    }
    own.add((await api.change(last.space, { kind: "remove", ids: [...added, ...refuted] })).mark);
    await api.undo(last.space, null, keys);
  }
  notify(t.value.undone);
}

addEventListener("beforeunload", (event) => {
  if (pending.length) event.preventDefault(); // the browser asks whether to leave before it is done
});
