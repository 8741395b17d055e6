// One document of the inbox: what it shows, and whether it is decided. It asks and changes nothing.
import { answering, info } from "./state";
import type { Answer, InboxItem, DecisionSeen } from "./types";

export interface Entry extends InboxItem {
  /** The class before the last decision moved it, or all its labels; undefined where none did. */
  was?: string | null | undefined;
  /** The labels that a person has ticked and not accepted yet; undefined where they ticked nothing. */
  ticks?: string[] | undefined;
  /** When its ranked classes last changed without a decision; in milliseconds. */
  changedAt?: number | undefined;
  /** Whether its answer came from prototypes while refined weights were being fitted. */
  isEarly?: boolean | undefined;
  /** Whether its answer fell away here, as its class was refused or is none any more, and no other one has come. */
  isAsked?: boolean | undefined;
  /** The labels that fell away with a change of the classes, in words; undefined where none did. */
  fell?: string | null | undefined;
  /** Whether a decision on it is on its way, as one of many in long work: the service has not decided yet. */
  isSent?: boolean | undefined;
}

/**
 * Whether its answer comes from prototypes only because refined weights are still being fitted.
 * The two rank differently. So such an answer does not say what a decision has moved.
 */
export function isEarly(one: InboxItem): boolean {
  return one.answer?.head === "prototypes" && (info.value?.lacking.includes("refinement") ?? false);
}

/** Whether a class answers documents now. */
export function isAnswering(label: string): boolean {
  return answering.value.some((one) => one.name === label);
}

/**
 * The document without the classes that it cannot be of any more. Where its answer was among them, it waits for another one.
 *
 * isMoved: whether the next answer is one that a change of the classes has moved.
 */
export function withoutClasses(entry: Entry, isGone: (label: string) => boolean, isMoved = false): Entry {
  const { answer } = entry;
  if (!answer || ![...labelsOf(answer), ...answer.alternatives.map((one) => one.label)].some(isGone)) return entry;
  const ticks = entry.ticks?.filter((label) => !isGone(label));
  const alternatives = answer.alternatives.filter((one) => !isGone(one.label));
  const labels = answer.labels ? { labels: answer.labels.filter((one) => !isGone(one.label)) } : {};
  const stands = alternatives[0] === answer.alternatives[0] && !labelsOf(answer).some(isGone);
  if (stands) return { ...entry, ticks, answer: { ...answer, alternatives } };
  const nothing = { label: null, score: null, margin: null, probability: null, chance: null, none_probability: null, reason: "" };
  const unsaid = alternatives.map((one) => ({ ...one, probability: null, chance: null }));
  return { ...entry, ticks, was: undefined, isAsked: true, fell: isMoved ? wordsOf(labelsOf(answer)) : undefined, changedAt: Date.now(), answer: { ...answer, ...nothing, ...labels, alternatives: unsaid } };
}

/** Whether there is no answer to accept yet: the last one fell away, and a person has ticked nothing. */
export function isAwaited(entry: Entry): boolean {
  return entry.isAsked === true && entry.by !== "person" && entry.ticks === undefined;
}

/** All labels of an answer, the likeliest first: one at most where documents have one label. */
export function labelsOf(answer: Answer | null): string[] {
  return answer?.labels?.map((one) => one.label) ?? (answer?.label ? [answer.label] : []);
}

/** The labels that a document has: those that a person gave it, else those of its answer. */
export function ownLabels(entry: Entry): string[] {
  if (entry.by !== "person") return labelsOf(entry.answer);
  return entry.labels ?? (entry.label === null ? [] : [entry.label]);
}

/** What is seen decided on a document: the service refuses a decision if somebody has decided otherwise since. */
export function seenOf(entry: Entry): DecisionSeen {
  return entry.by === "person" ? { labels: ownLabels(entry) } : { refused: entry.refused ?? [] };
}

/** The labels that accepting gives a document: those that are ticked, else those of its answer. */
export function acceptable(entry: Entry): string[] {
  return entry.ticks ?? labelsOf(entry.answer);
}

/** Whether an answer is that the document is none of these, so that it can be accepted. */
export function isNone(answer: Answer | null): boolean {
  return answer !== null && !labelsOf(answer).length && answer.alternatives.length > 0 && !isWithheld(answer);
}

/** Labels in one string, in the order of the alphabet: of equal labels it is equal. Null for none. */
export function wordsOf(labels: string[]): string | null {
  return labels.toSorted().join(", ") || null;
}

/** Whether an answer is none because nothing can be promised at present: that says nothing about the document. */
export function isWithheld(answer: Answer | null): boolean {
  return answer !== null && answer.label === null && !answer.labels && answer.alternatives.length > 0 && answer.threshold === null && answer.least_chance === null;
}

/** The classes that a document shows, in their order: what a key press is about. */
export function ranking(entry: InboxItem): string {
  return JSON.stringify([labelsOf(entry.answer), entry.answer?.alternatives.map((one) => one.label)]);
}

const READING = 400; // milliseconds in which nobody has read what has just changed

/** Whether a key press may be meant for what stood here a moment ago. */
export function hasJustChanged(entry: Entry): boolean {
  return entry.changedAt !== undefined && Date.now() - entry.changedAt < READING;
}

/** Whether a person has said what a document is; also that it is of none of the classes. */
export function isDecided(one: Entry): boolean {
  const answer = one.answer; // without a class that it could be of: each was refused
  return one.by === "person" || (!one.isAsked && answer !== null && answer.label === null && answer.score === null && !answer.alternatives.length && answering.value.length > 0);
}

/** The class of an answer in words, or all of them where a document may have several; null for none. */
export function labelOf(entry: Entry): string | null {
  return ownLabels(entry).join(", ") || null;
}

/** Where a document came from, without its own name, which is its title already. */
export function folderOf(entry: Entry): string {
  const name = entry.source.split("/").at(-1) ?? "";
  return entry.id === entry.source ? "" : entry.id.endsWith(name) ? entry.source.slice(0, -name.length - 1) : entry.source;
}

/** How sure an answer, or a class of it, is: its chance, else its probability; null for neither. */
export function certainty(of: { chance: number | null; probability: number | null } | null | undefined): number | null {
  return of?.chance ?? of?.probability ?? null;
}

/** How much of a bar a class fills: its chance or probability, else its score as it is, which is 1 at most. */
export function fill(of: { chance: number | null; probability: number | null; score: number }): number {
  return certainty(of) ?? of.score;
}

/** Why no answer has a probability yet, in the words of the service; empty where answers have one. */
export function uncalibrated(): string {
  const reason = info.value?.calibration.reason;
  return typeof reason === "string" ? reason : "";
}

/**
 * How sure an answer is as a whole. Of several labels it is as sure as the class that it is least
 * sure of: that the document has this label, or that it does not.
 */
export function wholeCertainty(answer: Answer | null): number | null {
  if (!answer?.labels?.length) return certainty(answer);
  const labels = labelsOf(answer);
  const shares = answer.alternatives.map((one) => {
    const share = certainty(one);
    return share === null || labels.includes(one.label) ? share : 1 - share;
  });
  return shares.some((one) => one === null) ? null : Math.min(...shares.map(Number));
}

export function sureness(entry: Entry): number {
  const answer = entry.answer;
  if (!answer || answer.label === null) return -1;
  return wholeCertainty(answer) ?? (answer.margin ?? 0) / 10;
}
