// The drawing of the map: points in their colours, which one can move and zoom, and the line that is drawn around some.
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { titleOf } from "../documents";
import { isTyping, useKeys } from "../keys";
import { inside, nearest, type Points, PROTOTYPE } from "../map/points";
import { MapScene } from "../map/scene";
import { mayCurate, t, theme } from "../state";
import { Icon } from "../ui";

/** What a pointer does: move the map, or draw around points. */
export type Mode = "move" | "lasso";

const REACH = 9; // pixels around a point in which a pointer is at it
const STILL = 5; // pixels by which a click may move
const MOST_NAMES = 40; // names of prototypes that are written on the map
export const isDark = (): boolean => theme.value === "dark" || (theme.value !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);

export function Drawing(props: {
  points: Points; palette: [number, number, number][]; only: number | null; hidden: ReadonlySet<number>; mode: Mode; selection: readonly number[];
  onMode: (mode: Mode) => void; onOpen: (i: number) => void; onChoose: (selection: readonly number[]) => void;
}): JSX.Element {
  const { points, palette, only, hidden, mode, selection } = props;
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const scene = useRef<MapScene | null>(null);
  const names = useRef<HTMLDivElement>(null);
  const line = useRef<SVGPolylineElement>(null);
  const outline = useRef<[number, number][]>([]); // of the lasso, in pixels
  const start = useRef<[number, number]>([0, 0]); // where a pointer was pressed
  const pointers = useRef(new Map<number, [number, number]>());
  const [hover, setHover] = useState<{ i: number; px: number; py: number } | null>(null);

  useLayoutEffect(() => { // before a key can ask for it
    if (!canvas.current || !box.current) return;
    const drawing = new MapScene(canvas.current);
    scene.current = drawing;
    const watch = new ResizeObserver(([entry]) => { if (entry) drawing.resize(entry.contentRect.width, entry.contentRect.height); });
    watch.observe(box.current);
    return () => { watch.disconnect(); drawing.end(); scene.current = null; };
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
      const places: [number, number, number][] = [];
      labels.forEach((label, k) => {
        const i = Number(label.dataset.point);
        const [px, py] = one.toPixels(points.x[i] ?? 0, points.y[i] ?? 0);
        const half = (widths[k] ?? 0) / 2;
        const { width, height } = one;
        const isOutside = px < 0 || py < 0 || px > width || py > height;
        const middle = Math.min(Math.max(px, half + 4), Math.max(half + 4, width - half - 4)); // whole, at the edge too
        const top = py < 42 ? py + 14 : py - 36;
        const covers = isOutside || places.some(([x, y, w]) => Math.abs(x - middle) < w + half && Math.abs(y - top) < 20);
        if (!covers) places.push([middle, top, half]);
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
    else if (event.key.toLowerCase() === "l" && mayCurate.value) props.onMode(mode === "lasso" ? "move" : "lasso");
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
      const i = nearest(points, ...one.toPlane(px, py), one.unit * REACH);
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
    const isPressed = pointers.current.delete(event.pointerId);
    const one = scene.current;
    const [px, py] = place(event);
    if (one && isPressed && mode === "move" && event.type === "pointerup" && !pointers.current.size && Math.hypot(px - start.current[0], py - start.current[1]) < STILL) {
      const i = nearest(points, ...one.toPlane(px, py), one.unit * REACH);
      if (i >= 0 && !hidden.has(points.kinds[i] ?? 0)) props.onOpen(i);
    }
    if (mode !== "lasso" || !one || outline.current.length < 3) return;
    props.onChoose(inside(points, outline.current.map((p) => one.toPlane(...p))).filter((i) => !hidden.has(points.kinds[i] ?? 0) && (only === null || points.labels[i] === only)));
    outline.current = [];
    line.current?.setAttribute("points", "");
    props.onMode("move");
  };
  const prototypes = useMemo(() => Array.from({ length: points.n }, (_, i) => i).filter((i) => points.kinds[i] === PROTOTYPE).slice(0, MOST_NAMES), [points]);
  return (
    <div ref={box} class={`drawing ${mode}`}>
      <canvas ref={canvas} tabIndex={0} role="application" aria-label={`${t.value.mapTitle}: ${t.value.mapPoints(points.n)}. ${t.value.mapKeyboard} ${mayCurate.value ? t.value.mapKeyboardDraw : ""}`}
        onPointerDown={(e) => { canvas.current?.setPointerCapture(e.pointerId); pointers.current.set(e.pointerId, place(e)); start.current = place(e); outline.current = mode === "lasso" ? [place(e)] : []; setHover(null); }}
        onPointerMove={onMove} onPointerUp={onUp} onPointerCancel={onUp} onPointerLeave={() => setHover(null)}
        onWheel={(e) => { e.preventDefault(); scene.current?.zoomAt(Math.exp(-e.deltaY * 0.0016), ...place(e)); }} />
      <div class="names" ref={names} aria-hidden="true">
        {!hidden.has(PROTOTYPE) && prototypes.map((i) => <span key={points.answer.keys[i]} data-point={i}>{points.answer.titles[i]}</span>)}
      </div>
      <svg class="lasso" aria-hidden="true"><polyline ref={line} /></svg>
      {hover && (
        <div class="tip" style={{ left: `${hover.px}px`, top: `${hover.py}px` }}>
          <strong>{titleOf({ key: points.answer.keys[hover.i] ?? "", id: points.answer.titles[hover.i] ?? "" })}</strong><br />{points.answer.classes[points.labels[hover.i] ?? -1] ?? t.value.none}
        </div>
      )}
      <button type="button" class="reset" onClick={() => scene.current?.reset()}><Icon name="map" /> {t.value.mapReset} <kbd>0</kbd></button>
    </div>
  );
}
