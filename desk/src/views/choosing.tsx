// What is done with all documents that somebody has chosen: accept each one's own answer, give all one class or none, take all off the list.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { decideAndSay } from "../decisions";
import { entries, isFree, isHereAlone, titleOf } from "../documents";
import { acceptable, type Entry, isAwaited, isDecided, isNone, ownLabels, wordsOf } from "../entry";
import { remove } from "../removals";
import type { Selection } from "../selection";
import { answering, isSeveral, mayCurate, notify, session, t } from "../state";
import { ClassPicker, Dialog, Icon } from "../ui";
import { BulkDialog } from "./bulk";

export type Act = "accept" | "label" | "none" | "remove";

/** Whether a document may be taken off the list: nobody has decided on it, and it is here alone or an administrator asks. */
export const isRemovable = (one: Entry): boolean => !isDecided(one) && !one.isSent && (isHereAlone(one) || session.value?.role === "admin");

const isDecidable = (one: Entry): boolean => mayCurate.value && isFree(one);
const isSettled = (one: Entry): boolean => isDecided(one) && one.ticks === undefined;
const isAcceptable = (one: Entry): boolean => isDecidable(one) && !isAwaited(one) && !isSettled(one) && (acceptable(one).length > 0 || one.ticks !== undefined || isNone(one.answer));
const MAY: Record<Act, (one: Entry) => boolean> = {
  accept: isAcceptable, label: isDecidable, none: (one) => isDecidable(one) && (one.answer?.alternatives.length ?? 0) > 0, remove: isRemovable,
};

/** Why something cannot be done with a document. */
export type Obstacle = "sent" | "decided" | "kept" | "textless" | "awaited" | "unanswered";

function obstacleOf(one: Entry, act: Act): Obstacle {
  if (one.isSent) return "sent";
  if (act === "remove") return isDecided(one) ? "decided" : "kept";
  if (!isFree(one)) return "textless";
  return isSettled(one) ? "decided" : isAwaited(one) ? "awaited" : "unanswered";
}

/** How many documents stay as they are, and why; empty where none does. */
function leftWords(rows: Entry[], subjects: Entry[], act: Act): string {
  const keys = new Set(subjects.map((one) => one.key));
  const left = rows.filter((one) => !keys.has(one.key));
  const reasons = [...Map.groupBy(left, (one) => obstacleOf(one, act))].map(([obstacle, some]) => t.value.obstacles[obstacle](some.length));
  return left.length ? t.value.leftAsTheyAre(left.length, reasons) : "";
}

/** Those of the documents with which something can be done, as they are now. */
export function possible(rows: Entry[], act: Act): Entry[] {
  const newest = new Map(entries.value.map((one) => [one.key, one]));
  return rows.map((one) => newest.get(one.key)).filter((one) => one !== undefined && MAY[act](one)) as Entry[];
}

/** How many are chosen, and what can be done with them. */
export function ChosenBar(props: { selection: Selection; onAct: (act: Act) => void }): JSX.Element | null {
  const { rows } = props.selection;
  if (!rows.length) return null;
  const n = (act: Act): number => possible(rows, act).length;
  return (
    <div class="chosen-bar" role="toolbar" aria-label={t.value.selected(rows.length)}>
      {mayCurate.value && <button type="button" class="primary" disabled={!n("accept")} onClick={() => props.onAct("accept")}>{t.value.acceptChosen(n("accept"))} <kbd>a</kbd></button>}
      {mayCurate.value && <button type="button" disabled={!n("label")} onClick={() => props.onAct("label")}>{t.value.labelChosen(n("label"))} <kbd>c</kbd></button>}
      {n("none") > 0 && <button type="button" onClick={() => props.onAct("none")}>{t.value.noneChosen(n("none"))} <kbd>0</kbd></button>}
      {n("remove") > 0 && <button type="button" onClick={() => props.onAct("remove")}>{t.value.removeChosen(n("remove"))}</button>}
    </div>
  );
}

/** Accept documents together, once somebody has seen which classes they get. */
export async function acceptAll(rows: Entry[], takeBack: () => void): Promise<void> {
  const labels = new Map(rows.map((one) => [one.key, wordsOf(acceptable(one))]));
  const present = possible(rows, "accept").filter((one) => wordsOf(acceptable(one)) === labels.get(one.key)); // nothing that has changed meanwhile
  if (!present.length) return;
  await decideAndSay(new Map(present.map((one) => [one, acceptable(one)])), t.value.acceptedMany(present.length), takeBack);
}

/** The dialog of what is to be done with the documents that are chosen. */
export function ChosenDialog(props: { act: Act; rows: Entry[]; onClose: () => void; onDone: () => void; takeBack: () => void }): JSX.Element {
  const { act, rows, takeBack } = props;
  const [isAlone, setAlone] = useState(false); // the class takes the place of several others
  const [subjects] = useState(() => possible(rows, act)); // as they were when it was asked
  const left = leftWords(rows, subjects, act);
  const done = (run: () => Promise<void> | void): void => {
    props.onDone();
    void run();
  };
  if (act === "accept") return <BulkDialog rows={subjects} more={left} onClose={props.onClose} onAccept={() => done(() => acceptAll(subjects, takeBack))} />;
  if (act === "remove") return (
    <Dialog title={t.value.removeManyTitle(subjects.length)} onClose={props.onClose}>
      <p>{subjects.every(isHereAlone) ? t.value.removeManyHereText : t.value.removeManyText} {left}</p>
      <div class="actions">
        <button type="button" onClick={props.onClose}>{t.value.cancel}</button>
        <button type="button" class="primary" onClick={() => done(() => removeAll(subjects, takeBack))}><Icon name="close" /> {t.value.remove}</button>
      </div>
    </Dialog>
  );
  const refuse = async (): Promise<void> => {
    const present = possible(subjects, "none");
    await decideAndSay(new Map(present.map((one) => [one, []])), t.value.noneOfManySaid(present.length), takeBack);
  };
  if (act === "none") return (
    <Dialog title={t.value.noneChosenTitle(subjects.length)} onClose={props.onClose}>
      <p>{t.value.noneChosenText} {left}</p>
      <div class="actions">
        <button type="button" onClick={props.onClose}>{t.value.cancel}</button>
        <button type="button" class="primary" onClick={() => done(refuse)}>{t.value.sayNone}</button>
      </div>
    </Dialog>
  );
  const label = async (name: string): Promise<void> => {
    const present = possible(subjects, "label");
    const labels = (one: Entry): string[] => isSeveral.value && !isAlone ? [...new Set([...(one.ticks ?? ownLabels(one)), name])] : [name];
    await decideAndSay(new Map(present.map((one) => [one, labels(one)])), `${t.value.corrected(name)}: ${t.value.documents(present.length)}`, takeBack);
  };
  return (
    <Dialog title={t.value.whichClassMany(subjects.length)} onClose={props.onClose}>
      {left && <p class="about">{left}</p>}
      <ClassPicker names={answering.value.map((one) => one.name)} first={commonClasses(subjects)} allowNew={true} onChoose={(name) => done(() => label(name))} onNone={possible(subjects, "none").length ? () => done(refuse) : undefined} />
      {isSeveral.value && <label class="check"><input type="checkbox" checked={isAlone} onChange={(e) => setAlone(e.currentTarget.checked)} /> {t.value.mapAlone}</label>}
    </Dialog>
  );
}

/** Take documents off the list, and say so with a way back. */
export function removeAll(rows: Entry[], takeBack: () => void): void {
  const present = possible(rows, "remove");
  const [first] = present;
  if (!first) return;
  remove(present);
  notify(present.length === 1 ? t.value.removedDocument(titleOf(first)) : t.value.removedMany(present.length), { name: t.value.undo, run: takeBack });
}

/** The classes of the answers of documents, the most frequent first. */
function commonClasses(rows: Entry[]): string[] {
  const counts = Map.groupBy(rows.flatMap((one) => ownLabels(one)), (label) => label);
  return [...counts].sort(([, a], [, b]) => b.length - a.length).map(([label]) => label);
}
