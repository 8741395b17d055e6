// The inbox: a list of documents with their answers, and one of them in full. Keyboard first.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { droppedFiles, type DroppedFile } from "../drop";
import { announceDecision, decideAndSay, refute, refuteAll, undo } from "../decisions";
import { entries, isFree, isOpen, limit, load, loaded, movement, noteUnasked, pasted, put, remembersTexts, tick, titleOf, total } from "../documents";
import { acceptable, type Entry, hasJustChanged, isAwaited, isDecided, isNone, labelsOf, wordsOf } from "../entry";
import { labelFiles } from "../intake";
import { answerOf } from "../jobs";
import { useKeys } from "../keys";
import { arrivals } from "../arrivals";
import { useKept } from "../kept";
import { INBOX } from "../limits";
import { finishRemoval, isRemoving, takeBackRemoval } from "../removals";
import { useSelection } from "../selection";
import { isIn, isSure, isToDecide, listed, useShown } from "../shown";
import { answering, attempt, changed, info, isSeveral, mayCurate, mayLabel, notify, space, t } from "../state";
import { ClassPicker, Dialog, Loading } from "../ui";
import { AddDocuments, KeepTexts, Paste } from "./adding";
import { BulkDialog } from "./bulk";
import { acceptAll, type Act, ChosenBar, ChosenDialog, isRemovable, possible } from "./choosing";
import { DocumentPane } from "./document";
import { NoDocument, NoRows } from "./inbox_empty";
import { onKey } from "./inbox_keys";
import { InboxTools, ShownLine } from "./inbox_tools";
import { MovedNote, Rows } from "./rows";

export function InboxView(): JSX.Element {
  const listing = useShown(); // it stays while they look at something else
  const [key, setKey] = useKept<string | null>("document of the inbox", null);
  const [reading, setReading] = useState(false); // on a phone: the document, not the list
  const [picking, setPicking] = useState(false);
  const [pasting, setPasting] = useState(false);
  const [bulk, setBulk] = useState<Entry[] | null>(null); // those that were sure when somebody asked for them
  const [asking, setAsking] = useState<{ act: Act; rows: Entry[] } | null>(null); // about those that were chosen then
  const displayed = useRef<string | null>(null); // the key of the document that is displayed
  const [filter, visible] = [listing.tab, listing.rows];
  const listName = JSON.stringify([filter, listing.narrowing]);
  const place = useRef({ listName, at: 0 }); // of that document in the list
  const way = useRef(1); // in which somebody goes through the list: 1 down, -1 up
  const newest = useRef(key); // the newest ``key``, for what began before it
  const [isOpening, setOpening] = useState(false); // a pasted text is on its way: no key is about another document
  const opening = useRef(false);
  const [over, setOver] = useState(false);
  const selection = useSelection(visible);

  useEffect(() => void attempt(load), [changed.value, arrivals.value, limit.value]);

  if (place.current.listName !== listName) place.current = { listName, at: 0 };
  const row = [key, displayed.current].map((one) => visible.findIndex((other) => other.key === one)).find((i) => i >= 0); // what comes above it moves nobody
  const at = row ?? Math.max(0, Math.min(place.current.at, visible.length - 1)); // who takes it off the list moves nobody far
  place.current.at = at;
  newest.current = key;
  const current = isOpening ? null : visible[at] ?? null;
  displayed.current = current?.key ?? null;
  const sure = mayCurate.value && filter === "open" ? visible.filter((one) => one.by !== "person" && one.ticks === undefined && !isAwaited(one) && isSure(one) && isFree(one)) : [];
  const mayChoose = mayCurate.value || visible.some(isRemovable);

  const move = (by: number): Entry | undefined => {
    way.current = by;
    const next = visible[Math.min(Math.max(at + by, 0), visible.length - 1)];
    if (next) setKey(next.key);
    return next;
  };
  /** Whether a document can be decided here; a message says what to do where it cannot. */
  const mayDecide = (entry: Entry): boolean => {
    const isSent = entries.value.some((one) => one.key === entry.key && one.isSent);
    if (mayCurate.value && (isSent || !isOpen(entry))) notify(isSent ? t.value.sentAlready : t.value.textNotKept);
    return mayCurate.value && isOpen(entry) && !isSent;
  };
  const settle = (entry: Entry, labels: string[]): void => {
    if (!mayDecide(entry)) return;
    const next = visible[at + way.current] ?? visible[at - way.current];
    const same = wordsOf(labels) === wordsOf(labelsOf(entry.answer));
    void decideAndSay(new Map([[entry, labels]]), (same ? t.value.accepted : t.value.corrected)(labels.join(", ")), takeBack);
    if (filter !== "decided") setKey(next?.key ?? null);
  };
  /** Note that somebody works on the document that is displayed, also where they have not chosen it. */
  const begin = (): void => {
    if (!current || newest.current !== null) return;
    newest.current = current.key;
    setKey(current.key);
  };
  /** Accept what is ticked, or the answer as it is, *none of these* too; where there is none, ask for a class. */
  const accept = (drawn: Entry): void => {
    const entry = entries.value.find((one) => one.key === drawn.key) ?? drawn; // as the last key has left it
    if (isAwaited(entry) || (isDecided(entry) && entry.ticks === undefined)) return; // also by a key that was faster than the page
    const labels = acceptable(entry);
    if (labels.length) settle(entry, labels);
    else if (isNone(entry.answer)) noneOfThese(entry);
    else setPicking(true);
  };
  /** Take a class of the list: it is the class, or one of several labels, to be ticked or no longer. */
  const take = (entry: Entry, label: string, always = false): void => {
    if (!isSeveral.value) settle(entry, [label]);
    else if (mayDecide(entry)) tick(entry.key, label, always);
  };
  const notThis = (drawn: Entry): void => {
    const entry = entries.value.find((one) => one.key === drawn.key) ?? drawn;
    if (entry !== drawn && hasJustChanged(entry)) return; // a key that was faster than the page
    const label = entry.answer?.alternatives[0]?.label;
    if (entry.by === "person" || label === undefined || !mayDecide(entry)) return;
    refute(entry, label);
    announceDecision(t.value.refuted(label), takeBack);
  };
  const noneOfThese = (entry: Entry): void => {
    if (!entry.answer?.alternatives.length || !mayDecide(entry)) return;
    const next = visible[at + way.current] ?? visible[at - way.current];
    refuteAll(entry);
    if (filter !== "decided") setKey(next?.key ?? null);
    announceDecision(t.value.noneSaid, takeBack);
  };
  /** The document that is displayed, as the last key has left it, if it is decided. */
  const decidedNow = (): Entry | undefined => {
    const one = entries.value.find((other) => other.key === current?.key);
    return one && isDecided(one) && one.ticks === undefined ? one : undefined;
  };
  /** Take back the decision on a document, or the last one of this browser, or what was removed since. */
  const takeBack = (of?: Entry): void => {
    const undone = !of && isRemoving() ? takeBackRemoval() : undo(of);
    if (undone) setKey(undone);
  };
  const takeBackLast = (): void => takeBack();
  /** Ask about all that are chosen, if something can be done with one of them. */
  const act = (of: Act): void => {
    if (possible(selection.rows, of).length) setAsking({ act: of, rows: selection.rows });
    else notify(t.value.nothingPossible);
  };
  /** Label files. Where nothing was listed, the first row is open once all are here, unless somebody has begun meanwhile. */
  const add = async (files: DroppedFile[]): Promise<void> => {
    if (!mayLabel.value || !files.length) return;
    const before = visible.length ? undefined : newest.current;
    await finishRemoval();
    await labelFiles(files);
    const [first] = listed(filter, listing.order);
    if (newest.current !== before || !first || first.key === displayed.current) return;
    if (displayed.current !== null) noteUnasked(first.key);
    setKey(first.key);
  };
  const awaitPasted = (is: boolean): void => {
    opening.current = is;
    setOpening(is);
  };
  /** Label a pasted text and open it, unless somebody opens another document meanwhile. */
  const paste = async (text: string): Promise<void> => {
    awaitPasted(true);
    await attempt(async () => {
      await finishRemoval();
      const [pastedKey] = await answerOf(() => put([pasted(text)]));
      const one = entries.value.find((other) => other.key === pastedKey);
      if (!one || !opening.current) return;
      if (!isIn(one, filter)) listing.setTab(isIn(one, "open") ? "open" : "all");
      listing.widen(); // so that it is listed
      setKey(one.key);
      setReading(true);
    });
    awaitPasted(false);
  };
  const leave = (): void => {
    setReading(false);
    awaitPasted(false);
  };

  useKeys((event) => onKey(event, {
    current, selection, mayChoose, isOpening, begin, move, leave, act, accept, notThis, noneOfThese, take, mayDecide,
    takeBack: () => takeBack(selection.rows.length ? undefined : decidedNow()), paste: () => setPasting(true), pick: () => setPicking(true),
  }));

  const drop = {
    onDragOver: (event: DragEvent) => { event.preventDefault(); setOver(mayLabel.value); },
    onDragLeave: (event: DragEvent) => { if (event.currentTarget === event.target) setOver(false); },
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      if (event.dataTransfer) void droppedFiles(event.dataTransfer).then(add);
    },
  };
  const open = (one: Entry): void => {
    awaitPasted(false);
    way.current = 1;
    setKey(one.key);
    setReading(true);
  };
  if (loaded.value !== space.value) return <Loading />;
  const few = answering.value.length < 2;
  const closed = entries.value.filter((one) => !isDecided(one) && !isToDecide(one)).length;
  const isOffered = info.value?.follows === true && !remembersTexts(); // to keep texts, which opens what is closed
  return (
    <div class={`inbox ${reading ? "reading" : ""} ${over ? "over" : ""}`} {...drop}>
      <section class="list" aria-label={t.value.inbox}>
        <header>
          <h1>{t.value.inbox}</h1>
          {mayLabel.value && <AddDocuments disabled={few} onFiles={add} onPaste={() => setPasting(true)} />}
        </header>
        <InboxTools listing={listing} sure={sure} onAcceptSure={() => setBulk(sure)} />
        {movement.value && <MovedNote />}
        {!mayLabel.value && entries.value.length > 0 && <p class="about notice">{t.value.wordsHidden}</p>}
        {listing.all.length + listing.older > 0 && (
          <div class="choice"><ShownLine listing={listing} selection={selection} mayChoose={mayChoose} /><ChosenBar selection={selection} onAct={act} /></div>
        )}
        {visible.length > 0 ? <Rows rows={visible} current={current} selection={mayChoose ? selection : null} onChoose={open} /> : <NoRows listing={listing} />}
        {filter === "open" && visible.length > 0 && closed > 0 && <p class="about notice">{t.value.closedHere(closed, !isOffered)}</p>}
        {entries.value.length < total.value && entries.value.length >= limit.value && (
          <p class="more">{t.value.shownOf(entries.value.length, total.value)} {limit.value < INBOX && <button type="button" class="link" onClick={() => { limit.value = Math.min(INBOX, limit.value * 2); }}>{t.value.showMore}</button>}</p>
        )}
        <KeepTexts isEmpty={!entries.value.length} />
      </section>
      <section class="detail" aria-label={current ? titleOf(current) : t.value.lookFirst} onPointerDown={begin}>
        {isOpening ? <Loading text={t.value.labellingDocuments(1)} />
          : current
          ? <DocumentPane entry={current} next={visible[at + 1] ?? null} onBack={() => setReading(false)} onRemoved={takeBackLast}
              onAccept={() => accept(current)} onTake={(label) => take(current, label)} onOther={() => setPicking(true)} onNot={() => notThis(current)} onNone={() => noneOfThese(current)} onUndo={() => takeBack(decidedNow())} />
          : <NoDocument closed={closed} isOffered={isOffered} onFiles={add} onPaste={() => setPasting(true)} />}
      </section>
      {picking && current && (
        <Dialog title={t.value.chooseClass} onClose={() => setPicking(false)}>
          <p class="about">{titleOf(current)}</p>
          <ClassPicker names={answering.value.map((one) => one.name)} first={current.answer?.alternatives.map((a) => a.label) ?? []}
            allowNew={true} onChoose={(label) => { setPicking(false); take(current, label, true); }}
            onNone={current.answer?.alternatives.length ? () => { setPicking(false); noneOfThese(current); } : undefined} />
        </Dialog>
      )}
      {pasting && <Paste onClose={() => setPasting(false)} onText={(text) => void paste(text)} />}
      {bulk && <BulkDialog rows={bulk} more="" onClose={() => setBulk(null)} onAccept={() => { setBulk(null); void acceptAll(bulk, takeBackLast); }} />}
      {asking && <ChosenDialog {...asking} takeBack={takeBackLast} onClose={() => setAsking(null)} onDone={() => { setAsking(null); selection.clear(); }} />}
    </div>
  );
}
