// The documents of the inbox: those that the label space remembers, and the texts that this page
// itself has sent. What is decided on them is in decisions.ts.
import { computed, effect, signal } from "@preact/signals";
import { display, listing } from "./arrivals";
import { api, type NewDocument } from "./api";
import { type Entry, isAnswering, isAwaited, isDecided, isEarly, labelsOf, ownLabels, ranking, withoutClasses, wordsOf } from "./entry";
import { EXCERPT, TITLE } from "./limits";
import { beginning, firstCharacters } from "./names";
import { answering, info, space, t } from "./state";
import type { Flow, InboxItem } from "./types";

export const entries = signal<Entry[]>([]);
export const total = signal(0);
export const limit = signal(500);
export const loaded = signal("");
export const movement = signal<{ n: number; flows: Flow[] } | null>(null);
effect(() => { // a class that was retired, merged or renamed is offered no more
  if (!answering.value.length || loaded.value !== space.value) return;
  const before = entries.peek();
  const after = before.map((one) => withoutClasses(one, (label) => !isAnswering(label), true));
  if (after.some((one, i) => one !== before[i])) entries.value = after;
});
export const waiting = computed(() => entries.value.filter((one) => !isDecided(one)));

const ownDocuments = new Map<string, NewDocument>(); // what this page has put in, by key
/** The label space of each decision and undo that is on its way. */
export const pending: string[] = [];
/** How many those are, for a view. */
export const pendingCount = signal(0);
let remembered: ReadonlySet<string> = new Set(); // the keys of the last list of the label space
let isSkipped = false; // a list that came while a decision was on its way
let labelledAt = ""; // the version and its fits by which what is not remembered was labelled last
/** How many decisions and undos of a label space began. */
export const turns = new Map<string, number>();

export function remembersTexts(): boolean {
  return info.value?.settings.remember === "text";
}

const POSITION = /^\d{1,4}$/; // the id of a document that was sent without one: its place in the request
const PASTED = /^pasted ([0-9a-f]{8})$/;
const STATE = /^state [0-9a-f]{8}$/; // of a program that asked for a decision

/** A text that somebody has pasted. Its id is kept and listed: a digest, no words, by which whoever guesses a short text can check the guess. Equal texts have equal ids. */
export function pasted(text: string): NewDocument {
  let digest = 0x811c9dc5; // FNV-1a
  for (const byte of new TextEncoder().encode(text)) digest = Math.imul(digest ^ byte, 0x01000193);
  return { id: `pasted ${(digest >>> 0).toString(16).padStart(8, "0")}`, text, source: "" };
}

/** What the page calls a document: its id; of a text that was pasted or sent without an id, its first line where it is here, or the beginning that is kept. */
export function titleOf(one: { key: string; id: string; source?: string; excerpt?: string }): string {
  const number = PASTED.exec(one.id)?.[1];
  if (number === undefined) return (POSITION.test(one.id) || STATE.test(one.id)) && !one.source ? beginningOf(one) || one.id : one.id;
  return beginningOf(one) || t.value.pastedText(number);
}

/** The first line of a document, as far as it is here. */
function beginningOf(one: { key: string; excerpt?: string }): string {
  const text = ownDocuments.get(one.key)?.text ?? one.excerpt;
  return firstCharacters(text?.trim().split("\n", 1)[0] ?? "", TITLE);
}

export function sentDocument(key: string): NewDocument | undefined {
  return ownDocuments.get(key);
}

/** Those of the listed documents whose texts this page has: the oldest first, as they are sent. */
export function ownOnes(): { entry: Entry; document: NewDocument }[] {
  return entries.value.toReversed().flatMap((entry) => {
    const document = ownDocuments.get(entry.key);
    return document ? [{ entry, document }] : [];
  });
}

/** How many documents are undecided whose texts this page alone has: they are gone when it is closed. */
export function unkept(): number {
  return ownOnes().filter(({ entry }) => !(remembersTexts() && entry.has_text) && !isDecided(entry)).length; // what was sent just now has a text in any case
}

export function isOpen(entry: Entry): boolean {
  return entry.has_text || ownDocuments.has(entry.key);
}

/** Whether somebody may decide on a document now: its text is here, and no decision on it is on its way as long work. */
export const isFree = (entry: Entry): boolean => isOpen(entry) && !entry.isSent;

/** List the documents again; say which of them changed without being decided. */
export async function load(): Promise<void> {
  const name = space.value;
  const turn = turns.get(name);
  isSkipped = false;
  const isLeft = (): boolean => name !== space.value || (isSkipped = pending.includes(name)); // it is listed once they have arrived
  const isOld = (): boolean => turn !== turns.get(name); // than a decision that has arrived
  const { documents: remaining, total: all, remembered_mark: mark } = await listing(() => api.inbox(name, limit.value));
  if (isLeft()) return;
  if (isOld()) return load();
  const documents = remaining.filter((one) => !isHidden(name, one.key));
  const fresh = loaded.value !== name;
  const before = new Map(fresh ? [] : entries.value.map((one) => [one.key, one]));
  const keys = new Set(documents.map((one) => one.key));
  let local = fresh ? [] : entries.value.filter((one) => !keys.has(one.key) && ownDocuments.has(one.key) && !isHidden(name, one.key));
  local = await relabelled(name, local);
  if (isLeft()) return;
  if (isOld()) return load();
  remembered = keys;
  const flows = new Map<string, Flow>();
  const next = [...local, ...documents].map(withExcerpt).map((one): Entry => {
    const earlier = before.get(one.key);
    const old = earlier && withoutClasses(earlier, (label) => one.refused?.includes(label) ?? false); // by others, too
    const early = isEarly(one);
    const ticks = (old?.by === "person") === (one.by === "person") ? old?.ticks : undefined; // what others decide meanwhile is shown
    if (!old) return { ...one, isEarly: early, changedAt: fresh ? undefined : Date.now() }; // nobody has read it yet
    if (one.by === "person") return { ...one, ticks, isEarly: early };
    if (early && !old.isEarly && old.answer && !old.isAsked) // until the fits are made
      return { ...one, ticks, answer: old.answer, was: old.was, changedAt: old.changedAt };
    const changedAt = ranking(old) === ranking(one) ? old.changedAt : Date.now();
    const [from, to] = [old.isAsked ? old.fell : wordsOf(labelsOf(old.answer)), wordsOf(labelsOf(one.answer))];
    if (from === to || from === undefined || !old.answer || !one.answer || early || old.isEarly) return { ...one, ticks, was: old.was, changedAt, isEarly: early };
    const flow = flows.get(`${from}\0${to}`) ?? { before: from, after: to, documents: 0 };
    flow.documents += 1;
    flows.set(`${from}\0${to}`, flow);
    return { ...one, ticks, was: from, changedAt };
  });
  entries.value = next;
  total.value = Math.max(all - (remaining.length - documents.length), next.length);
  loaded.value = name;
  display(mark);
  if (flows.size) {
    const list = [...flows.values()].sort((a, b) => b.documents - a.documents);
    movement.value = { n: list.reduce((sum, one) => sum + one.documents, 0), flows: list };
  }
}

/** List the documents where a list was not taken, since a decision was on its way. */
export async function catchUp(): Promise<void> {
  if (isSkipped) await load();
}

/** A document whose text is not kept has the excerpt of the text that this page has sent. */
function withExcerpt(one: InboxItem): InboxItem {
  if (one.excerpt) return one;
  const line = (ownDocuments.get(one.key)?.text ?? "").trim().split(/\s+/, EXCERPT).join(" ");
  return { ...one, excerpt: beginning(line, EXCERPT) };
}

/** Label again what is not remembered, once the label space has changed: the page has it, and nobody else. */
async function relabelled(name: string, local: Entry[]): Promise<Entry[]> {
  const at = `${info.value?.mark} ${info.value?.lacking.length}`;
  if (at === labelledAt && !local.some(isAwaited)) return local;
  const all = local.filter((one) => one.by !== "person");
  const first = new Set([...all.filter(isAwaited), ...all].slice(0, 64));
  const open = all.filter((one) => first.has(one)).toReversed(); // the last one is the newest
  const documents = open.map((one) => ownDocuments.get(one.key)).filter((one) => one !== undefined);
  if (!documents.length) return local;
  const answers = new Map((await api.put(name, documents)).documents.map((one) => [one.key, one.answer]));
  labelledAt = at;
  return local.map((one) => ({ ...one, answer: answers.get(one.key) ?? one.answer, isAsked: answers.has(one.key) ? undefined : one.isAsked }));
}

/** Put documents into the inbox of a label space; they are labelled at once. Return their keys. Throws what fails. */
export async function put(documents: NewDocument[], name = space.value): Promise<string[]> {
  const answer = await api.put(name, documents);
  answer.documents.forEach((one, i) => {
    const document = documents[i];
    if (document) ownDocuments.set(one.key, document);
  });
  const own = answer.documents.map((one) => one.key);
  if (name !== space.value) return own;
  const before = new Map(entries.value.map((one) => [one.key, one]));
  const fresh = answer.documents.toReversed().map((one): Entry => { // the last one is the newest, as the service lists them
    const old = before.get(one.key); // where nothing is remembered, the page alone knows what was decided
    const entry = { ...one, isEarly: isEarly(one) };
    const decision = old?.by === "person" && info.value?.settings.remember === "off" ? old : null;
    return decision ? { ...entry, by: decision.by, label: decision.label, ...(decision.labels ? { labels: decision.labels } : {}) } : entry;
  });
  const keys = new Set(fresh.map((one) => one.key));
  entries.value = [...fresh, ...entries.value.filter((one) => !keys.has(one.key))];
  total.value = Math.max(total.value, entries.value.length);
  return own;
}

/** Whether this page alone has a document: the label space remembers none, and not this one from before. */
export function isHereAlone(entry: Entry): boolean {
  return info.value?.settings.remember === "off" && !remembered.has(entry.key);
}

const hidden = new Map<string, Set<string>>(); // the keys of what was removed just now, by label space
const isHidden = (name: string, key: string): boolean => hidden.get(name)?.has(key) ?? false;

/** List documents no more, though the label space still has them. */
export function hide(name: string, rows: Entry[]): void {
  hidden.set(name, new Set([...(hidden.get(name) ?? []), ...rows.map((one) => one.key)]));
  if (name !== space.value) return;
  entries.value = entries.value.filter((one) => !isHidden(name, one.key));
  total.value = Math.max(0, total.value - rows.length);
}

/** List documents again where they stood. ``order``: all keys as they were listed then. */
export function showAgain(name: string, rows: Entry[], order: string[]): void {
  for (const one of rows) hidden.get(name)?.delete(one.key);
  if (name !== space.value) return;
  const present = new Map([...entries.value, ...rows].map((one) => [one.key, one]));
  const old = new Set(order);
  const fresh = entries.value.filter((one) => !old.has(one.key));
  entries.value = [...fresh, ...order.flatMap((key) => present.get(key) ?? [])];
  total.value = Math.max(total.value + rows.length, entries.value.length);
}

/** Note that the label space has documents no more, nor has this page. */
export function documentsGone(name: string, rows: Entry[]): void {
  turns.set(name, (turns.get(name) ?? 0) + 1); // a list that was asked for before has them still
  for (const one of rows) {
    ownDocuments.delete(one.key);
    hidden.get(name)?.delete(one.key);
  }
}

/** Note that a document is displayed now which nobody asked for: keys that come at once were meant for another one. */
export function noteUnasked(key: string): void {
  entries.value = entries.value.map((one) => (one.key === key ? { ...one, changedAt: Date.now() } : one));
}

/** Tick a class for a document, or no longer; ``always``: tick it in any case. Accepting decides. */
export function tick(key: string, label: string, always = false): void {
  entries.value = entries.value.map((one) => {
    if (one.key !== key) return one;
    const labels = one.ticks ?? ownLabels(one);
    const others = labels.filter((other) => other !== label);
    const isIn = others.length < labels.length;
    return { ...one, ticks: isIn ? (always ? labels : others) : [...labels, label] };
  });
}
