// What the keys of the inbox do: those of the document that is displayed, and those of the rows that somebody has chosen.
import { type Entry, hasJustChanged } from "../entry";
import { isPressing, isTyping } from "../keys";
import { isFree } from "../documents";
import type { Selection } from "../selection";
import { mayCurate, mayLabel, notify, t } from "../state";
import type { Act } from "./choosing";

export interface InboxActs {
  current: Entry | null;
  selection: Selection;
  mayChoose: boolean;
  /** Whether a pasted text is on its way: no key is about another document. */
  isOpening: boolean;
  begin: () => void;
  /** Go on by so many rows. Return the row. */
  move: (by: number) => Entry | undefined;
  takeBack: () => void;
  paste: () => void;
  leave: () => void;
  pick: () => void;
  act: (act: Act) => void;
  accept: (entry: Entry) => void;
  notThis: (entry: Entry) => void;
  noneOfThese: (entry: Entry) => void;
  take: (entry: Entry, label: string) => void;
  mayDecide: (entry: Entry) => boolean;
}

const DECIDING = /^[acn0-9]$|^Enter$/;
const DOWN = ["j", "J", "ArrowDown"];
const UP = ["k", "K", "ArrowUp"];

/** Choose rows, or go through them. Return whether the key was one for that. */
function hasMoved(event: KeyboardEvent, acts: InboxActs): boolean {
  const { key, shiftKey } = event;
  const { current, selection, mayChoose } = acts;
  if (DOWN.includes(key) || UP.includes(key)) {
    const next = acts.move(DOWN.includes(key) ? 1 : -1);
    if (shiftKey && mayChoose && next) selection.extend(next, current);
  } else if (key === "x" && mayChoose && current) {
    acts.begin();
    selection.toggle(current);
  } else if (key === "X" && mayChoose) selection.toggleAll();
  else return false;
  return true;
}

/** Act on all rows that are chosen. Return whether the key was one for that. */
function hasActedOnAll(event: KeyboardEvent, acts: InboxActs): boolean {
  const { key } = event;
  if (!acts.selection.rows.length) return false;
  if (key === "Escape") acts.selection.clear();
  else if (key === "Delete") acts.act("remove");
  else if (!mayCurate.value || !DECIDING.test(key) || (key === "Enter" && isPressing(event))) return false;
  else if (key === "a" || key === "Enter") acts.act("accept");
  else if (key === "c") acts.act("label");
  else if (key === "0") acts.act("none");
  else notify(t.value.keyOfOne(acts.selection.rows.length));
  return true;
}

/** Act on the document that is displayed. Return whether the key was one for that. */
function hasActed(event: KeyboardEvent, acts: InboxActs): boolean {
  const { key } = event;
  const { current } = acts;
  const alternative = current?.answer?.alternatives[Number(key) - 1];
  const isAccepting = key === "a" || (key === "Enter" && !isPressing(event));
  if (!current || !mayCurate.value) return false;
  if (DECIDING.test(key) && !isFree(current) && (key !== "Enter" || isAccepting)) acts.mayDecide(current);
  else if (key === "c") acts.pick();
  else if (hasJustChanged(current)) return true; // it was meant for what stood here before
  else if (isAccepting) acts.accept(current);
  else if (key === "n") acts.notThis(current);
  else if (key === "0") acts.noneOfThese(current);
  else if (alternative && /^[1-9]$/.test(key)) acts.take(current, alternative.label);
  else return false;
  return true;
}

/** Do what a key is for. */
export function onKey(event: KeyboardEvent, acts: InboxActs): void {
  if (isTyping(event) || (acts.isOpening && event.key !== "Escape")) return;
  if (DECIDING.test(event.key)) acts.begin();
  if (hasMoved(event, acts) || hasActedOnAll(event, acts)) event.preventDefault();
  else if (event.key === "u" && mayCurate.value) acts.takeBack();
  else if (event.key === "p" && mayLabel.value) acts.paste();
  else if (event.key === "/") document.getElementById("search")?.focus();
  else if (event.key === "Escape") acts.leave();
  else if (!hasActed(event, acts)) return;
  event.preventDefault();
}
