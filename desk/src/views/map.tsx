// The map: documents, examples and prototypes in a plane, one class alone, and a label for those that somebody has drawn around.
import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { api } from "../api";
import { arrivals, display, listing } from "../arrivals";
import { announceDecision, noteDecision, undo } from "../decisions";
import { entries, load, loaded, titleOf } from "../documents";
import { type Entry, ownLabels } from "../entry";
import { isTyping, useKeys } from "../keys";
import { colours, DOCUMENT, EXAMPLE, type Points, PROTOTYPE, unpacked } from "../map/points";
import { INBOX } from "../limits";
import { explained, isOtherwise } from "../meanwhile";
import { answering, attempt, change, changed, info, isSeveral, mayCurate, notify, own, refresh, space, t, theme } from "../state";
import { tellTwins } from "../twins";
import type { Change, DecisionSeen } from "../types";
import { ClassPicker, Dialog, Empty, Loading } from "../ui";
import { Drawing, isDark, type Mode } from "./drawing";

/** What was chosen on the map as it was when somebody began to pick a class: behind the dialog it may be drawn anew. */
interface Picking { points: Points; selection: readonly number[] }

export function MapView(): JSX.Element {
  const [points, setPoints] = useState<Points | null>(null);
  const [only, setOnly] = useState<number | null>(null);
  const [hidden, setHidden] = useState<ReadonlySet<number>>(new Set());
  const [mode, setMode] = useState<Mode>("move");
  const [selection, setSelection] = useState<readonly number[]>([]);
  const [picking, setPicking] = useState<Picking | null>(null);
  const [isAlone, setAlone] = useState(false); // the label takes the place of several others
  const picture = useRef({ points, selection, version: "" });
  Object.assign(picture.current, { points, selection });
  useEffect(() => void attempt(async () => {
    const version = info.value?.mark ?? "";
    const answer = await listing(() => api.map(space.value));
    const isSame = version === picture.current.version; // only documents have come or gone: what is selected stays
    const selected = new Set(isSame ? picture.current.selection.map((i) => nameOf(picture.current.points, i)) : []);
    const next = unpacked(answer);
    setPoints(next);
    setSelection(Array.from({ length: selected.size && next.n }, (_, i) => i).filter((i) => selected.has(nameOf(next, i))));
    picture.current.version = version;
    display(answer.remembered_mark);
  }), [changed.value, arrivals.value]);
  useKeys((event) => {
    if (event.key === "u" && mayCurate.value && !isTyping(event)) undo();
  });
  const palette = useMemo(() => colours(points?.answer.classes.length ?? 0, isDark()), [points?.answer.classes.length, theme.value]);
  const counts = useMemo(() => points ? countsOf(points) : [], [points]);
  if (!points) return <div class="page"><h1>{t.value.mapTitle}</h1><Loading /></div>;
  if (points.kinds.every((kind) => kind === PROTOTYPE)) return <div class="page"><h1>{t.value.mapTitle}</h1><Empty icon="map" title={t.value.mapEmpty}><p>{t.value.mapEmptyText}</p></Empty></div>;
  const unknown = points.labels.reduce((sum, one) => sum + (one < 0 ? 1 : 0), 0);
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
        <Drawing points={points} palette={palette} only={only} hidden={hidden} mode={mode} selection={selection} onMode={setMode} onChoose={choose} />
        <aside>
          <div class="kinds" role="group" aria-label={t.value.mapPoints(points.n)}>
            {[[DOCUMENT, t.value.mapDocuments], [EXAMPLE, t.value.mapExamples], [PROTOTYPE, t.value.mapPrototypes]].map(([kind, name]) => (
              <label key={kind} class="check"><input type="checkbox" checked={!hidden.has(Number(kind))} onChange={() => toggle(Number(kind))} /> {name}</label>
            ))}
          </div>
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
        <section class="chosen card" aria-live="polite">
          <strong>{t.value.selected(selection.length)}</strong>
          <span class="about">{selection.slice(0, 4).map((i) => titleOf({ key: points.answer.keys[i] ?? "", id: points.answer.titles[i] ?? "" })).join(", ")}{selection.length > 4 && " …"}</span>
          {mayCurate.value && <button type="button" class="primary" onClick={() => setPicking({ points, selection })}>{t.value.mapLabel}…</button>}
          <button type="button" onClick={() => setSelection([])}>{t.value.cancel}</button>
          {info.value?.settings.remember !== "text" && selection.some((i) => points.kinds[i] === DOCUMENT) && <p class="about">{t.value.textsNeeded}</p>}
        </section>
      )}
      {picking && (
        <Dialog title={t.value.mapLabel} onClose={close}>
          <ClassPicker names={answering.value.map((one) => one.name)} allowNew={true} onChoose={(name) => void label(name)} />
          {isSeveral.value && <label class="check"><input type="checkbox" checked={isAlone} onChange={(e) => setAlone(e.currentTarget.checked)} /> {t.value.mapAlone}</label>}
        </Dialog>
      )}
    </div>
  );
}

/** Decide on documents as somebody saw them; where somebody else has decided otherwise since, throw a sentence about it. */
async function decideAsSeen(name: string, labels: Record<string, string[]>, asSeen: Record<string, DecisionSeen>): Promise<Change> {
  try {
    return await api.decide(name, labels, asSeen);
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

/** What tells a point from all others, also in a map that is drawn later. */
function nameOf(points: Points | null, i: number): string {
  return `${points?.kinds[i]} ${points?.answer.keys[i]}`;
}

/** How many documents and examples each class has. */
function countsOf(points: Points): number[] {
  const counts = points.answer.classes.map(() => 0);
  points.labels.forEach((k, i) => { if (k >= 0 && points.kinds[i] !== PROTOTYPE) counts[k] = (counts[k] ?? 0) + 1; });
  return counts;
}
