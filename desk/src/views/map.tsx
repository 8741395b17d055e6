// The map: documents, examples and prototypes in a plane; zoom, look, and draw around points to label.
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { api } from "../api";
import { arrivals, display, listing } from "../arrivals";
import { load } from "../documents";
import { ownLabels } from "../entry";
import { announce } from "../flows";
import { useKeys, isTyping } from "../keys";
import { colours, DOCUMENT, EXAMPLE, inside, nearest, type Points, PROTOTYPE, unpacked } from "../map/points";
import { MapScene } from "../map/scene";
import { explained, isOtherwise } from "../meanwhile";
import { answering, attempt, change, changed, info, isSeveral, mayCurate, notify, own, refresh, space, t, theme } from "../state";
import { tellTwins } from "../twins";
import type { Change, DecisionSeen } from "../types";
import { ClassPicker, Dialog, Empty, Icon, Loading } from "../ui";

type Mode = "move" | "lasso";
/** What was chosen on the map as it was when somebody began to pick a class: behind the dialog it may be drawn anew. */
interface Picking { points: Points; selection: readonly number[] }
const MOST_LISTED = 5000; // documents whose labels are asked for together; the others one by one
const MOST_NAMES = 40; // names of prototypes that are written on the map
const isDark = (): boolean => theme.value === "dark" || (theme.value !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);

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
      const all: Change[] = [];
      if (documents.length) {
        const made = await decideAsSeen(at, labels, Object.fromEntries(documents.map((key) => [key, points.answer.decided[key] ?? {}])));
        own.add(made.mark);
        tellTwins(made);
        all.push(made);
      }
      if (ids.length) {
        const made = await change({ kind: "move", ids, to: name }, undefined, at);
        if (!made) return;
        all.push(made);
      }
      const [first, second] = all;
      if (first && !second) announce(first, t.value.corrected(name));
      else notify(t.value.corrected(name)); // the history takes two changes back
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
        <div><h1>{t.value.mapTitle}</h1><p class="about">{t.value.mapLead}</p></div>
        <div class="tabs" role="group" aria-label={t.value.mapTitle}>
          <button type="button" aria-pressed={mode === "move"} onClick={() => setMode("move")}>{t.value.mapMove}</button>
          <button type="button" aria-pressed={mode === "lasso"} onClick={() => setMode("lasso")}>{t.value.mapLasso} <kbd>L</kbd></button>
        </div>
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
          <span class="about">{selection.slice(0, 4).map((i) => points.answer.titles[i]).join(", ")}{selection.length > 4 && " …"}</span>
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
async function decideAsSeen(name: string, labels: Record<string, string[]>, seen: Record<string, DecisionSeen>): Promise<Change> {
  try {
    return await api.decide(name, labels, seen);
  } catch (error) {
    if (isOtherwise(error)) changed.value++; // the map may be as it was drawn before
    throw await explained(error, name, seen, (key) => labels[key] ?? null);
  }
}

/** The labels that documents have now: those that people gave them, else those of their answers. */
async function labelsOfDocuments(name: string, keys: string[]): Promise<Map<string, string[]>> {
  const { documents } = await api.inbox(name, MOST_LISTED);
  const labels = new Map(documents.map((one) => [one.key, ownLabels(one)]));
  for (const key of keys.filter((one) => !labels.has(one))) labels.set(key, ownLabels(await api.document(name, key, 0)));
  return labels;
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

function Drawing(props: {
  points: Points; palette: [number, number, number][]; only: number | null; hidden: ReadonlySet<number>; mode: Mode; selection: readonly number[];
  onMode: (mode: Mode) => void; onChoose: (selection: readonly number[]) => void;
}): JSX.Element {
  const { points, palette, only, hidden, mode, selection } = props;
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const scene = useRef<MapScene | null>(null);
  const names = useRef<HTMLDivElement>(null);
  const line = useRef<SVGPolylineElement>(null);
  const outline = useRef<[number, number][]>([]); // of the lasso, in pixels
  const pointers = useRef(new Map<number, [number, number]>());
  const [hover, setHover] = useState<{ i: number; px: number; py: number } | null>(null);

  useLayoutEffect(() => { // before a key can ask for it
    if (!canvas.current || !box.current) return;
    const made = new MapScene(canvas.current);
    scene.current = made;
    const watch = new ResizeObserver(([entry]) => { if (entry) made.resize(entry.contentRect.width, entry.contentRect.height); });
    watch.observe(box.current);
    return () => { watch.disconnect(); made.end(); scene.current = null; };
  }, []);

  useEffect(() => {
    const one = scene.current;
    if (!one) return;
    const picked = new Set(selection);
    const dark = isDark();
    one.show(points, {
      colours: palette, none: dark ? [0.66, 0.69, 0.74] : [0.38, 0.39, 0.42], rim: dark ? [1, 1, 1] : [0.1, 0.11, 0.14], faded: dark ? [0.2, 0.22, 0.26] : [0.86, 0.85, 0.83],
      ground: dark ? [0.106, 0.118, 0.141] : [1, 1, 1], // as --surface
      isFaded: (i) => picked.size ? !picked.has(i) : only !== null && points.labels[i] !== only,
      isHidden: (i) => hidden.has(points.kinds[i] ?? 0), isChosen: (i) => picked.has(i),
    });
    const labels = Array.from(names.current?.children ?? []) as HTMLElement[];
    const widths = labels.map((label) => label.offsetWidth);
    one.onDrawn = () => { // a name that would cover one before it waits until there is room
      const taken: [number, number, number][] = [];
      labels.forEach((label, k) => {
        const i = Number(label.dataset.point);
        const [px, py] = one.toPixels(points.x[i] ?? 0, points.y[i] ?? 0);
        const half = (widths[k] ?? 0) / 2;
        const { width, height } = one;
        const isOutside = px < 0 || py < 0 || px > width || py > height;
        const middle = Math.min(Math.max(px, half + 4), Math.max(half + 4, width - half - 4)); // whole, at the edge too
        const top = py < 42 ? py + 14 : py - 36;
        const covers = isOutside || taken.some(([x, y, w]) => Math.abs(x - middle) < w + half && Math.abs(y - top) < 20);
        if (!covers) taken.push([middle, top, half]);
        label.style.visibility = covers ? "hidden" : "visible";
        label.style.transform = `translate(${middle - half}px, ${top}px)`;
      });
    };
    one.draw();
  }, [points, palette, only, hidden, selection, theme.value]);

  useKeys((event) => {
    const one = scene.current;
    if (!one || isTyping(event)) return;
    const moves: Record<string, [number, number]> = { ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] };
    const move = moves[event.key];
    const [w, h] = [one.width / 2, one.height / 2];
    if (move) one.pan(...move);
    else if (event.key === "+" || event.key === "=") one.zoomAt(1.25, w, h);
    else if (event.key === "-") one.zoomAt(0.8, w, h);
    else if (event.key === "0") one.reset();
    else if (event.key.toLowerCase() === "l") props.onMode(mode === "lasso" ? "move" : "lasso");
    else if (event.key === "Escape") props.onChoose([]);
    else return;
    event.preventDefault();
  });

  const place = (event: PointerEvent | WheelEvent): [number, number] => {
    const frame = canvas.current?.getBoundingClientRect();
    return [event.clientX - (frame?.left ?? 0), event.clientY - (frame?.top ?? 0)];
  };
  const onMove = (event: PointerEvent): void => {
    const one = scene.current;
    if (!one) return;
    const [px, py] = place(event);
    const before = pointers.current.get(event.pointerId);
    if (!before) {
      const i = nearest(points, ...one.toPlane(px, py), one.unit * 9);
      setHover(i < 0 || hidden.has(points.kinds[i] ?? 0) ? null : { i, px, py });
      return;
    }
    if (mode === "lasso" && pointers.current.size === 1) {
      outline.current.push([px, py]);
      line.current?.setAttribute("points", outline.current.map((p) => p.join(",")).join(" "));
    } else if (pointers.current.size === 2) {
      const [other] = [...pointers.current].filter(([id]) => id !== event.pointerId).map(([, p]) => p);
      if (other) one.zoomAt(Math.hypot(px - other[0], py - other[1]) / Math.max(1, Math.hypot(before[0] - other[0], before[1] - other[1])), other[0], other[1]);
    } else one.pan(px - before[0], py - before[1]);
    pointers.current.set(event.pointerId, [px, py]);
  };
  const onUp = (event: PointerEvent): void => {
    pointers.current.delete(event.pointerId);
    const one = scene.current;
    if (mode !== "lasso" || !one || outline.current.length < 3) return;
    props.onChoose(inside(points, outline.current.map((p) => one.toPlane(...p))).filter((i) => !hidden.has(points.kinds[i] ?? 0) && (only === null || points.labels[i] === only)));
    outline.current = [];
    line.current?.setAttribute("points", "");
    props.onMode("move");
  };
  const prototypes = useMemo(() => Array.from({ length: points.n }, (_, i) => i).filter((i) => points.kinds[i] === PROTOTYPE).slice(0, MOST_NAMES), [points]);
  return (
    <div ref={box} class={`drawing ${mode}`}>
      <canvas ref={canvas} tabIndex={0} role="application" aria-label={`${t.value.mapTitle}: ${t.value.mapPoints(points.n)}. ${t.value.mapKeyboard}`}
        onPointerDown={(e) => { canvas.current?.setPointerCapture(e.pointerId); pointers.current.set(e.pointerId, place(e)); outline.current = mode === "lasso" ? [place(e)] : []; setHover(null); }}
        onPointerMove={onMove} onPointerUp={onUp} onPointerCancel={onUp} onPointerLeave={() => setHover(null)}
        onWheel={(e) => { e.preventDefault(); scene.current?.zoomAt(Math.exp(-e.deltaY * 0.0016), ...place(e)); }} />
      <div class="names" ref={names} aria-hidden="true">
        {!hidden.has(PROTOTYPE) && prototypes.map((i) => <span key={points.answer.keys[i]} data-point={i}>{points.answer.titles[i]}</span>)}
      </div>
      <svg class="lasso" aria-hidden="true"><polyline ref={line} /></svg>
      {hover && (
        <div class="tip" style={{ left: `${hover.px}px`, top: `${hover.py}px` }}>
          <strong>{points.answer.titles[hover.i]}</strong><br />{points.answer.classes[points.labels[hover.i] ?? -1] ?? t.value.none}
        </div>
      )}
      <button type="button" class="reset" onClick={() => scene.current?.reset()}><Icon name="map" /> {t.value.mapReset} <kbd>0</kbd></button>
    </div>
  );
}
