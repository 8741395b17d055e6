// The map: documents, examples and prototypes in a plane, one class alone, and a label for those that somebody has drawn around.
import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { api } from "../api";
import { arrivals, display, listing } from "../arrivals";
import { announceDecision, decide, noteDecision, refuteAll, undo } from "../decisions";
import { entries, isFree, isOpen, load, loaded } from "../documents";
import { type Entry, ownLabels } from "../entry";
import { isTyping, useKeys } from "../keys";
import { DOCUMENT, EXAMPLE, nameOf, type Points, PROTOTYPE, unpacked } from "../map/points";
import { INBOX } from "../limits";
import { colours, numbered } from "../map/palette";
import { explained, isOtherwise } from "../meanwhile";
import { whileSaving } from "../saving";
import { answering, attempt, change, changed, info, isSeveral, mayCurate, notify, own, refresh, space, store, stored, t, theme } from "../state";
import { tellTwins } from "../twins";
import type { Change, DecisionSeen } from "../types";
import { ClassPicker, Dialog, Empty, Loading } from "../ui";
import { SelectedPoints } from "./selected_points";
import { Drawing, isDark, type Mode } from "./drawing";
import { PointDialog } from "./point";

/** What was chosen on the map as it was when somebody began to pick a class: behind the dialog it may be drawn anew. */
interface Picking { points: Points; selection: readonly number[] }

let last: { space: string; points: Points } | null = null; // what was drawn last: the left stays on the left

export function MapView(): JSX.Element {
  const [points, setPoints] = useState<Points | null>(null);
  const [only, setOnly] = useState<number | null>(null);
  const [hidden, setHidden] = useState<ReadonlySet<number>>(new Set());
  const [mode, setMode] = useState<Mode>("move");
  const [selection, setSelection] = useState<readonly number[]>([]);
  const [picking, setPicking] = useState<Picking | null>(null);
  const [leftOut, setLeftOut] = useState<ReadonlySet<number>>(new Set()); // of those that were drawn around
  const [opened, setOpened] = useState<number | null>(null);
  const [isAlone, setAlone] = useState(false); // the label takes the place of several others
  const picture = useRef({ points, selection, leftOut, version: "" });
  Object.assign(picture.current, { points, selection, leftOut });
  useEffect(() => void attempt(async () => {
    const version = info.value?.mark ?? "";
    const answer = await listing(() => api.map(space.value));
    const isSame = version === picture.current.version; // only documents have come or gone: what is selected stays
    const selected = new Set(isSame ? picture.current.selection.map((i) => nameOf(picture.current.points, i)) : []);
    const next = unpacked(answer, last?.space === space.value ? last.points : null);
    last = { space: space.value, points: next };
    setPoints(next);
    const out = new Set(isSame ? [...picture.current.leftOut].map((i) => nameOf(picture.current.points, i)) : []);
    setLeftOut(new Set(Array.from({ length: out.size && next.n }, (_, i) => i).filter((i) => out.has(nameOf(next, i)))));
    setSelection(Array.from({ length: selected.size && next.n }, (_, i) => i).filter((i) => selected.has(nameOf(next, i))));
    picture.current.version = version;
    display(answer.remembered_mark);
  }), [changed.value, arrivals.value]);
  useKeys((event) => {
    if (event.key === "u" && mayCurate.value && !isTyping(event)) undo();
  });
  const palette = useMemo(() => colours(colourNumbers(points?.answer.classes ?? []), isDark()), [points, theme.value]);
  const counts = useMemo(() => points ? countsOf(points, hidden) : [], [points, hidden]);
  if (!points) return <div class="page"><h1>{t.value.mapTitle}</h1><Loading /></div>;
  if (points.kinds.every((kind) => kind === PROTOTYPE)) return <div class="page"><h1>{t.value.mapTitle}</h1><Empty icon="map" title={t.value.mapEmpty}><p>{t.value.mapEmptyText}</p></Empty></div>;
  const unknown = points.labels.reduce((sum, one, i) => sum + (one < 0 && !hidden.has(points.kinds[i] ?? 0) ? 1 : 0), 0);
  const close = (): void => {
    setPicking(null);
    setAlone(false);
  };
  const label = async (name: string): Promise<void> => {
    const at = space.value;
    if (!picking) return;
    const { points, selection } = picking;
    close();
    const documents = selection.filter((i) => points.kinds[i] === DOCUMENT).map((i) => points.answer.keys[i] ?? "");
    const ids = selection.filter((i) => points.kinds[i] === EXAMPLE && points.answer.classes[points.labels[i] ?? -1] !== name).map((i) => points.answer.keys[i] ?? "");
    await attempt(async () => {
      const earlier = isSeveral.value && !isAlone ? await labelsOfDocuments(at, documents) : new Map<string, string[]>();
      const labels = Object.fromEntries(documents.map((key) => [key, [...new Set([...(earlier.get(key) ?? []), name])]]));
      if (!documents.length && !ids.length) return notify(t.value.mapNothing);
      if (documents.length) {
        if (loaded.value !== at) await load();
        const before = new Map(entries.value.map((one) => [one.key, one]));
        const subjects = documents.map((key): Entry => before.get(key) ?? standIn(key, labels[key] ?? []));
        const outcome = await decideAsSeen(at, labels, Object.fromEntries(documents.map((key) => [key, points.answer.decided[key] ?? {}])));
        own.add(outcome.mark);
        tellTwins(outcome);
        noteDecision(at, subjects, name, Object.values(labels).flat().length, outcome);
      }
      if (ids.length) {
        const outcome = await change({ kind: "move", ids, to: name }, undefined, at);
        if (!outcome) return;
        noteDecision(at, [], name, ids.length, outcome, documents.length > 0);
      }
      announceDecision(`${t.value.corrected(name)}: ${t.value.previewFlow(documents.length, ids.length)}`);
      await refresh();
      await load();
    });
  };
  const choose = (selected: readonly number[]): void => { // an example of several classes is more than a point
    const documents = selected.filter((i) => points.kinds[i] === DOCUMENT);
    if (isSeveral.value && documents.length < selected.length) notify(t.value.mapNoExamples);
    setSelection(isSeveral.value ? documents : selected);
    setLeftOut(new Set());
  };
  const tick = (i: number, isIn: boolean): void => {
    const next = new Set(leftOut);
    if (isIn) next.delete(i); else next.add(i);
    setLeftOut(next);
  };
  /** Say that the documents of the choice are of none of the classes; examples stay as they are. */
  const refuse = async (): Promise<void> => {
    if (!picking) return;
    const { points, selection } = picking;
    close();
    const keys = selection.filter((i) => points.kinds[i] === DOCUMENT).map((i) => points.answer.keys[i] ?? "");
    if (loaded.value !== space.value && !await attempt(load)) return;
    const rows = keys.flatMap((key) => entries.value.find((one) => one.key === key) ?? []).filter((one) => one.answer?.alternatives.length);
    if (!rows.length) return notify(t.value.mapNothing);
    const open = rows.filter(isFree);
    const isInForce = open.length ? decide(new Map(open.map((one) => [one, []]))) : true;
    rows.filter((one) => !isOpen(one)).forEach((one, i) => refuteAll(one, open.length > 0 || i > 0));
    if (await isInForce) announceDecision(t.value.noneOfManySaid(rows.length));
  };
  const toggle = (kind: number): void => {
    const next = new Set(hidden);
    if (!next.delete(kind)) next.add(kind);
    setHidden(next);
  };
  return (
    <div class="map-view">
      <header class="title-row">
        <div><h1>{t.value.mapTitle}</h1><p class="about">{t.value.mapLead} {mayCurate.value && t.value.mapDo}</p></div>
        {mayCurate.value && <div class="tabs" role="group" aria-label={t.value.mapTitle}>
          <button type="button" aria-pressed={mode === "move"} onClick={() => setMode("move")}>{t.value.mapMove}</button>
          <button type="button" aria-pressed={mode === "lasso"} onClick={() => setMode("lasso")}>{t.value.mapLasso} <kbd>L</kbd></button>
        </div>}
      </header>
      <div class="map-body">
        <Drawing points={points} palette={palette} only={only} hidden={hidden} mode={mode} selection={selection} onMode={setMode} onOpen={setOpened} onChoose={choose} />
        <aside>
          <div class="kinds" role="group" aria-label={t.value.mapPoints(points.n)}>
            {[[DOCUMENT, t.value.mapDocuments], [EXAMPLE, t.value.mapExamples], [PROTOTYPE, t.value.mapPrototypes]].map(([kind, name]) => (
              <label key={kind} class="check"><input type="checkbox" checked={!hidden.has(Number(kind))} onChange={() => toggle(Number(kind))} /> {name}</label>
            ))}
          </div>
          <p class="about small">{t.value.mapCounts}</p>
          <ul class="legend-list">
            {points.answer.classes.map((name, k) => (
              <li key={name}>
                <button type="button" class="quiet" aria-pressed={only === k} onClick={() => setOnly(only === k ? null : k)}>
                  <span class="dot" style={{ background: `rgb(${palette[k]?.map((c) => Math.round(c * 255)).join(" ")})` }} aria-hidden="true" />
                  <span class="name">{name}</span><span class="number">{counts[k]}</span>
                </button>
              </li>
            ))}
            {unknown > 0 && <li><button type="button" class="quiet" aria-pressed={only === -1} onClick={() => setOnly(only === -1 ? null : -1)}><span class="dot ring" aria-hidden="true" /><span class="name">{t.value.mapUnknown}</span><span class="number">{unknown}</span></button></li>}
          </ul>
          <p class="about small">{t.value.mapVariance(t.value.percent(points.answer.share))}</p>
        </aside>
      </div>
      {selection.length > 0 && (
        <SelectedPoints points={points} selection={selection} leftOut={leftOut} onTick={tick} onEnd={() => choose([])}
          onLabel={() => setPicking({ points, selection: selection.filter((i) => !leftOut.has(i)) })} />
      )}
      {picking && (
        <Dialog title={t.value.mapLabel} onClose={close}>
          <ClassPicker names={answering.value.map((one) => one.name)} allowNew={true} onChoose={(name) => void label(name)} onNone={picking.selection.every((i) => picking.points.kinds[i] === DOCUMENT) ? () => void refuse() : undefined} />
          {isSeveral.value && <label class="check"><input type="checkbox" checked={isAlone} onChange={(e) => setAlone(e.currentTarget.checked)} /> {t.value.mapAlone}</label>}
        </Dialog>
      )}
      {opened !== null && opened < points.n && points.kinds[opened] !== PROTOTYPE && <PointDialog key={nameOf(points, opened)} points={points} i={opened} onClose={() => setOpened(null)} />}
    </div>
  );
}

/** Decide on documents as somebody saw them; where somebody else has decided otherwise since, throw a sentence about it. */
async function decideAsSeen(name: string, labels: Record<string, string[]>, asSeen: Record<string, DecisionSeen>): Promise<Change> {
  try {
    return await whileSaving(() => api.decide(name, labels, asSeen));
  } catch (error) {
    if (isOtherwise(error)) changed.value++; // the map may be as it was drawn before
    throw await explained(error, name, asSeen, (key) => labels[key] ?? null);
  }
}

/** The labels that documents have now: those that people gave them, else those of their answers. */
async function labelsOfDocuments(name: string, keys: string[]): Promise<Map<string, string[]>> {
  const { documents } = await api.inbox(name, INBOX);
  const labels = new Map(documents.map((one) => [one.key, ownLabels(one)]));
  for (const key of keys.filter((one) => !labels.has(one))) labels.set(key, ownLabels(await api.document(name, key, 0)));
  return labels;
}

/** A document that the list of the page does not reach, with the labels that a person gave it on the map. */
function standIn(key: string, labels: string[]): Entry {
  return { key, id: "", source: "", by: "person", at: "", label: labels[0] ?? null, labels, version: 0, excerpt: "", has_text: true, answer: null };
}

/** How many documents and examples each class has, of those that are displayed. */
function countsOf(points: Points, hidden: ReadonlySet<number>): number[] {
  const counts = points.answer.classes.map(() => 0);
  points.labels.forEach((k, i) => { if (k >= 0 && points.kinds[i] !== PROTOTYPE && !hidden.has(points.kinds[i] ?? 0)) counts[k] = (counts[k] ?? 0) + 1; });
  return counts;
}

/** The number of the colour of each class, as this browser has given them. */
function colourNumbers(names: readonly string[]): number[] {
  const place = `colours of ${space.value}`;
  const numbers = numbered(names, JSON.parse(stored(place, "{}")) as Record<string, number>);
  if (names.length) store(place, JSON.stringify(numbers));
  return names.map((name) => numbers[name] ?? 0);
}
