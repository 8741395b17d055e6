// The inbox: a list of documents with their answers, and one of them in full. Keyboard first.
import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { droppedFiles, type DroppedFile } from "../drop";
import { announceDecision, decide, refute, refuteAll, undo } from "../decisions";
import { entries, isOpen, limit, load, loaded, movement, noteUnasked, pasted, put, remembersTexts, tick, titleOf, total } from "../documents";
import { acceptable, type Entry, hasJustChanged, isAwaited, isDecided, isWithheld, labelsOf, sureness, wholeCertainty, wordsOf } from "../entry";
import { labelFiles } from "../intake";
import { answerOf } from "../jobs";
import { isPressing, isTyping, useKeys } from "../keys";
import { arrivals } from "../arrivals";
import { useKept } from "../kept";
import { INBOX } from "../limits";
import { progress } from "../progress";
import { answering, attempt, changed, go, info, isSeveral, mayCurate, mayLabel, notify, session, space, t } from "../state";
import { ClassPicker, Dialog, Empty, Icon, Loading } from "../ui";
import { AddDocuments, KeepTexts, Paste } from "./adding";
import { BulkDialog, Download } from "./bulk";
import { DocumentPane } from "./document";
import { MovedNote, Rows } from "./rows";


type Filter = "open" | "decided" | "all";
type Order = "newest" | "unsure" | "sure";

/** Whether a document is one to decide on, or to look at for those who may not decide: what has no text here cannot be decided. */
const isToDecide = (one: Entry): boolean => isOpen(one) || !mayCurate.value;

/** Whether a filter lists a document. */
function isIn(one: Entry, filter: Filter): boolean {
  return filter === "all" || (filter === "decided" ? isDecided(one) : !isDecided(one) && isToDecide(one));
}

/** The documents that a filter lists, in their order. */
function listed(filter: Filter, order: Order): Entry[] {
  const rows = entries.value.filter((one) => isIn(one, filter));
  if (order === "newest") return rows;
  const sign = order === "sure" ? -1 : 1;
  return rows.sort((a, b) => sign * (sureness(a) - sureness(b)));
}

export function InboxView(): JSX.Element {
  const [filter, setFilter] = useKept<Filter>("filter of the inbox", "open"); // it stays while they look at something else
  const [order, setOrder] = useKept<Order>("order of the inbox", "newest");
  const [key, setKey] = useKept<string | null>("document of the inbox", null);
  const [reading, setReading] = useState(false); // on a phone: the document, not the list
  const [picking, setPicking] = useState(false);
  const [pasting, setPasting] = useState(false);
  const [bulk, setBulk] = useState<Entry[] | null>(null); // those that were sure when somebody asked for them
  const displayed = useRef<string | null>(null); // the key of the document that is displayed
  const place = useRef({ filter, at: 0 }); // of that document in the list
  const way = useRef(1); // in which somebody goes through the list: 1 down, -1 up
  const newest = useRef(key); // the newest ``key``, for what began before it
  const [isOpening, setOpening] = useState(false); // a pasted text is on its way: no key is about another document
  const opening = useRef(false);
  const [over, setOver] = useState(false);

  useEffect(() => void attempt(load), [changed.value, arrivals.value, limit.value]);

  const visible = useMemo(() => listed(filter, order), [entries.value, filter, order]);
  if (place.current.filter !== filter) place.current = { filter, at: 0 };
  const row = [key, displayed.current].map((one) => visible.findIndex((other) => other.key === one)).find((i) => i >= 0); // what comes above it moves nobody
  const at = row ?? Math.max(0, Math.min(place.current.at, visible.length - 1)); // who takes it off the list moves nobody far
  place.current.at = at;
  newest.current = key;
  const current = isOpening ? null : visible[at] ?? null;
  displayed.current = current?.key ?? null;
  const least = session.value?.review_below ?? 1;
  const sure = visible.filter((one) => one.by !== "person" && one.ticks === undefined && !isAwaited(one) && labelsOf(one.answer).length > 0 && (wholeCertainty(one.answer) ?? -1) >= least && isOpen(one));

  const move = (by: number): void => {
    way.current = by;
    const next = visible[Math.min(Math.max(at + by, 0), visible.length - 1)];
    if (next) setKey(next.key);
  };
  /** Whether a document can be decided here; a message says what to do where it cannot. */
  const mayDecide = (entry: Entry): boolean => {
    if (mayCurate.value && !isOpen(entry)) notify(t.value.textNotKept);
    return mayCurate.value && isOpen(entry);
  };
  const settle = (entry: Entry, labels: string[]): void => {
    if (!mayDecide(entry)) return;
    const next = visible[at + way.current] ?? visible[at - way.current];
    decide(new Map([[entry, labels]]));
    if (filter !== "decided") setKey(next?.key ?? null);
    const same = wordsOf(labels) === wordsOf(labelsOf(entry.answer));
    announceDecision((same ? t.value.accepted : t.value.corrected)(labels.join(", ")), takeBack);
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
    else if (entry.answer?.alternatives.length && !isWithheld(entry.answer)) noneOfThese(entry);
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
  /** Take back the decision on a document, or the last one of this browser. */
  const takeBack = (of?: Entry): void => {
    const undone = undo(of);
    if (undone) setKey(undone);
  };
  /** Label files. Where nothing was listed, the first row is open once all are here, unless somebody has begun meanwhile. */
  const add = async (files: DroppedFile[]): Promise<void> => {
    if (!mayLabel.value || !files.length) return;
    const before = visible.length ? undefined : newest.current;
    await labelFiles(files);
    const [first] = listed(filter, order);
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
      const [pastedKey] = await answerOf(() => put([pasted(text)]));
      const one = entries.value.find((other) => other.key === pastedKey);
      if (!one || !opening.current) return;
      if (!isIn(one, filter)) setFilter(isIn(one, "open") ? "open" : "all");
      setKey(one.key);
      setReading(true);
    });
    awaitPasted(false);
  };

  useKeys((event) => {
    if (isTyping(event) || (isOpening && event.key !== "Escape")) return;
    if (/^[acn0-9]$|^Enter$/.test(event.key)) begin();
    const alternative = current?.answer?.alternatives[Number(event.key) - 1];
    if (event.key === "j" || event.key === "ArrowDown") move(1);
    else if (event.key === "k" || event.key === "ArrowUp") move(-1);
    else if (event.key === "u" && mayCurate.value) takeBack(decidedNow());
    else if (event.key === "p" && mayLabel.value) setPasting(true);
    else if (event.key === "Escape") {
      setReading(false);
      awaitPasted(false);
    } else if (!current || !mayCurate.value) return;
    else if (/^[acn0-9]$|^Enter$/.test(event.key) && !isOpen(current) && (event.key !== "Enter" || !isPressing(event))) mayDecide(current);
    else if (event.key === "c") setPicking(true);
    else if (hasJustChanged(current)) event.preventDefault(); // it was meant for what stood here before
    else if (event.key === "a" || (event.key === "Enter" && !isPressing(event))) {
      accept(current);
    } else if (event.key === "n") notThis(current);
    else if (event.key === "0") noneOfThese(current);
    else if (alternative && /^[1-9]$/.test(event.key)) take(current, alternative.label);
    else return;
    event.preventDefault();
  });

  const drop = {
    onDragOver: (event: DragEvent) => { event.preventDefault(); setOver(mayLabel.value); },
    onDragLeave: (event: DragEvent) => { if (event.currentTarget === event.target) setOver(false); },
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      if (event.dataTransfer) void droppedFiles(event.dataTransfer).then(add);
    },
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
        <div class="tools">
          <div class="tabs" role="group" aria-label={t.value.inbox}>
            {(["open", "decided", "all"] as const).map((name) => (
              <button key={name} type="button" aria-pressed={filter === name} onClick={() => setFilter(name)}>
                {name === "open" ? t.value.toDecide : name === "decided" ? t.value.decided : t.value.all}
                <span class="count">{entries.value.filter((one) => isIn(one, name)).length}</span>
              </button>
            ))}
          </div>
        </div>
        <div class="tools">
          <select aria-label={t.value.order} value={order} onChange={(e) => setOrder(e.currentTarget.value as Order)}>
            <option value="newest">{t.value.orderNewest}</option>
            <option value="unsure">{t.value.orderUnsure}</option>
            <option value="sure">{t.value.orderSure}</option>
          </select>
          <Download />
          {mayCurate.value && sure.length > 1 && filter === "open" && (
            <button type="button" onClick={() => setBulk(sure)}><Icon name="check" /> {t.value.acceptSure(sure.length, t.value.limit(least))}</button>
          )}
        </div>
        {movement.value && <MovedNote />}
        {!mayLabel.value && entries.value.length > 0 && <p class="about notice">{t.value.wordsHidden}</p>}
        {visible.length > 0
          ? <Rows rows={visible} current={current} onChoose={(one) => { awaitPasted(false); way.current = 1; setKey(one.key); setReading(true); }} />
          : entries.value.some(isToDecide)
            ? <Empty icon="check" title={filter === "open" ? t.value.inboxDone : t.value.inboxEmpty}>{filter === "open" && <p>{t.value.inboxDoneText} {mayLabel.value && t.value.dropMore}</p>}</Empty>
            : null}
        {filter === "open" && visible.length > 0 && closed > 0 && <p class="about notice">{t.value.closedHere(closed, !isOffered)}</p>}
        {entries.value.length < total.value && entries.value.length >= limit.value && (
          <p class="more">{t.value.shownOf(entries.value.length, total.value)} {limit.value < INBOX && <button type="button" class="link" onClick={() => { limit.value = Math.min(INBOX, limit.value * 2); }}>{t.value.showMore}</button>}</p>
        )}
        <KeepTexts isEmpty={!entries.value.length} />
      </section>
      <section class="detail" aria-label={current ? titleOf(current) : t.value.lookFirst} onPointerDown={begin}>
        {isOpening ? <Loading text={t.value.labellingDocuments(1)} />
          : current
          ? <DocumentPane entry={current} next={visible[at + 1] ?? null} onBack={() => setReading(false)}
              onAccept={() => accept(current)} onTake={(label) => take(current, label)} onOther={() => setPicking(true)} onNot={() => notThis(current)} onNone={() => noneOfThese(current)} onUndo={() => takeBack(decidedNow())} />
          : few
            ? <Empty icon="classes" title={answering.value.length ? t.value.needSecondClass : t.value.needClasses}><p>{t.value.needClassesText}</p>{mayCurate.value && <button type="button" class="primary" onClick={() => go("start")}>{t.value.beginHere}</button>}</Empty>
            : progress.value && entries.value.length && !entries.value.some(isToDecide)
              ? <Loading />
            : !entries.value.some(isToDecide)
              ? <Empty icon="drop" title={closed ? t.value.noneOpen : entries.value.length ? t.value.inboxDone : t.value.inboxEmpty}>
                  <p>{closed ? t.value.noneOpenText(closed, !isOffered) : entries.value.length ? t.value.inboxDoneText : mayLabel.value && t.value.inboxEmptyText} {!closed && mayCurate.value && !entries.value.length && t.value.inboxEmptyDecide}</p>
                  {mayLabel.value && !(closed && isOffered) && <AddDocuments disabled={false} onFiles={add} onPaste={() => setPasting(true)} />}</Empty>
              : <Empty icon="inbox" title={t.value.lookFirst} />}
      </section>
      {picking && current && (
        <Dialog title={t.value.chooseClass} onClose={() => setPicking(false)}>
          <p class="about">{titleOf(current)}</p>
          <ClassPicker names={answering.value.map((one) => one.name)} first={current.answer?.alternatives.map((a) => a.label) ?? []}
            allowNew={true} onChoose={(label) => { setPicking(false); take(current, label, true); }} />
        </Dialog>
      )}
      {pasting && <Paste onClose={() => setPasting(false)} onText={(text) => void paste(text)} />}
      {bulk && (
        <BulkDialog rows={bulk} onClose={() => setBulk(null)} onAccept={() => {
          const still = new Map(sure.map((one) => [one.key, one])); // somebody may have decided on some meanwhile
          const rows = bulk.flatMap(({ key: of }) => still.get(of) ?? []);
          setBulk(null);
          if (!rows.length) return;
          decide(new Map(rows.map((one) => [one, labelsOf(one.answer)])));
          announceDecision(t.value.acceptedMany(rows.length), takeBack);
        }} />
      )}
    </div>
  );
}
