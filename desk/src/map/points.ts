// The points of a map as arrays, and what is near a place or inside a line drawn by hand.
import KDBush from "kdbush";

import type { MapAnswer } from "../types";

export const DOCUMENT = 0;
export const EXAMPLE = 1;
export const PROTOTYPE = 2;

export interface Points {
  n: number;
  /** Places in a square of -1 to 1. */
  x: Float32Array;
  y: Float32Array;
  labels: Int32Array;
  kinds: Uint8Array;
  people: Uint8Array;
  answer: MapAnswer;
  index: KDBush;
}

function bytes(text: string): ArrayBuffer {
  const letters = atob(text);
  const numbers = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) numbers[i] = letters.charCodeAt(i);
  return numbers.buffer;
}

/** What a point is, whichever map it is on. */
const nameIn = (answer: MapAnswer, kinds: Uint8Array, i: number): string => `${kinds[i]} ${answer.keys[i]}`;

export function nameOf(points: Points | null, i: number): string {
  return points ? nameIn(points.answer, points.kinds, i) : "";
}

/** Whether the points that two maps share lie on the other side of each other, along one axis. */
function isMirrored(pairs: readonly (readonly [number, number])[], before: Float32Array, now: Float32Array): boolean {
  const middleOf = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
  const old = pairs.map(([i]) => before[i] ?? 0);
  const next = pairs.map(([, i]) => now[i] ?? 0);
  const [oldMiddle, middle] = [middleOf(old), middleOf(next)];
  return old.reduce((sum, one, i) => sum + (one - oldMiddle) * ((next[i] ?? 0) - middle), 0) < 0;
}

/** The points of an answer, with the left on the left of the map ``before``: an axis of its own has no side. */
export function unpacked(answer: MapAnswer, before: Points | null = null): Points {
  const place = (values: Uint16Array): Float32Array => Float32Array.from(values, (v) => (v / 65535) * 2 - 1);
  let x = place(new Uint16Array(bytes(answer.x)));
  let y = place(new Uint16Array(bytes(answer.y)));
  const kinds = new Uint8Array(bytes(answer.kinds));
  if (before) {
    const places = new Map(Array.from({ length: before.n }, (_, i) => [nameOf(before, i), i]));
    const pairs = Array.from({ length: answer.n }, (_, i) => [places.get(nameIn(answer, kinds, i)) ?? -1, i] as const).filter(([old]) => old >= 0);
    if (isMirrored(pairs, before.x, x)) x = x.map((one) => -one);
    if (isMirrored(pairs, before.y, y)) y = y.map((one) => -one);
  }
  const index = new KDBush(Math.max(1, answer.n), 64, Float32Array);
  for (let i = 0; i < answer.n; i++) index.add(x[i] ?? 0, y[i] ?? 0);
  if (!answer.n) index.add(9, 9);
  index.finish();
  return { n: answer.n, x, y, labels: new Int32Array(bytes(answer.labels)), kinds, people: new Uint8Array(bytes(answer.people)), answer, index };
}

/** The point nearest to a place, of those within a distance; -1 where there is none. */
export function nearest(points: Points, x: number, y: number, within: number): number {
  let best = -1;
  let least = Infinity;
  for (const i of points.index.within(x, y, within)) {
    const d = ((points.x[i] ?? 9) - x) ** 2 + ((points.y[i] ?? 9) - y) ** 2 - (points.kinds[i] === PROTOTYPE ? within : 0);
    if (i < points.n && d < least) [best, least] = [i, d];
  }
  return best;
}

/** The documents and examples inside a closed line, (x, y) pairs, by the even-odd rule. */
export function inside(points: Points, line: readonly (readonly [number, number])[]): number[] {
  const xs = line.map((p) => p[0]);
  const ys = line.map((p) => p[1]);
  const near = points.index.range(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys));
  return near.filter((i) => {
    if (i >= points.n || points.kinds[i] === PROTOTYPE) return false;
    const [px, py] = [points.x[i] ?? 0, points.y[i] ?? 0];
    let isIn = false;
    for (let a = 0, b = line.length - 1; a < line.length; b = a++) {
      const [ax, ay, bx, by] = [xs[a] ?? 0, ys[a] ?? 0, xs[b] ?? 0, ys[b] ?? 0];
      if (ay > py !== by > py && px < ((bx - ax) * (py - ay)) / (by - ay) + ax) isIn = !isIn;
    }
    return isIn;
  }).sort((a, b) => a - b);
}
