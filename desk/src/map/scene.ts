// Draws points into the pixels of a canvas, and knows which part of the plane is in sight. It knows no
// documents. Fifty thousand points are a million pixels: a processor sets them faster than a browser
// without a graphics processor emulates one.
import { type Points, PROTOTYPE } from "./points";

type Colour = readonly [number, number, number];

export interface Look {
  colours: readonly Colour[];
  none: Colour;
  rim: Colour;
  faded: Colour;
  ground: Colour;
  /** Which points are drawn faded; all others in their colours. */
  isFaded: (i: number) => boolean;
  isHidden: (i: number) => boolean;
  isChosen: (i: number) => boolean;
}

const PATIENCE = 8; // milliseconds that points may take of a picture while the map moves
const REST = 160; // milliseconds without a movement, after which all points are drawn
const FEWEST = 4000; // points of a picture
const MARGIN = 48; // pixels around the canvas: a point at its edge is set whole, without a check of each pixel

type Form = "disc" | "ring" | "rimmed";

/** The pixels of one point around its middle, in an image of some width. */
interface Stamp {
  reach: number;
  offsets: Int32Array;
  cover: Uint8Array; // 255: all
  isRim: Uint8Array;
}

function stamp(size: number, form: Form, width: number): Stamp {
  const [radius, reach] = [size / 2, Math.ceil(size / 2)];
  const share = (inside: number): number => Math.min(1, Math.max(0, inside + 0.5));
  const rows: [number, number, number][] = [];
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      const r = Math.hypot(x, y);
      const cover = Math.round(255 * share(radius - r) * (form === "ring" ? share(r - 0.55 * radius) : 1));
      if (cover) rows.push([y * width + x, cover, Number(form === "rimmed" && r > 0.68 * radius)]);
    }
  }
  return {
    reach, offsets: Int32Array.from(rows, (row) => row[0]),
    cover: Uint8Array.from(rows, (row) => row[1]), isRim: Uint8Array.from(rows, (row) => row[2]),
  };
}

/** A colour as a pixel of an image, on a machine that writes the lowest byte first, as browsers' do. */
const pixel = (colour: Colour): number =>
  ((255 << 24) | (Math.round(colour[2] * 255) << 16) | (Math.round(colour[1] * 255) << 8) | Math.round(colour[0] * 255)) >>> 0;

/** A colour over another one, which it covers by ``cover`` of 255. */
function over(under: number, colour: number, cover: number): number {
  const left = 255 - cover;
  const red = ((colour & 255) * cover + (under & 255) * left) / 255;
  const green = (((colour >> 8) & 255) * cover + ((under >> 8) & 255) * left) / 255;
  const blue = (((colour >> 16) & 255) * cover + ((under >> 16) & 255) * left) / 255;
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** Numbers below n, each once, so that any run of them is a fair sample. */
function mixed(n: number): Int32Array {
  const divisor = (a: number, b: number): number => b ? divisor(b, a % b) : a;
  let step = Math.max(1, Math.floor(n * 0.618));
  while (divisor(n, step) > 1) step++;
  return Int32Array.from({ length: n }, (_, k) => (k * step) % n);
}

export class MapScene {
  private readonly context: CanvasRenderingContext2D;
  private image = new ImageData(1, 1); // of the canvas with its margin
  private pixels = new Uint32Array();
  private points: Points | null = null;
  private order = new Int32Array(); // points as they are drawn: those on top last
  private below = 0; // of these, how many lie below those on top
  private tints = new Uint32Array(); // by place in ``order``
  private kinds = new Uint8Array(); // by place in ``order``: which stamp
  private stamps: Stamp[] = [];
  private ground = 0;
  private rim = 0;
  private look: Look | null = null;
  private ratio = 1; // pixels of the screen for a pixel of the page
  private speed = Infinity; // points in a millisecond, of the last picture
  private idle = 0;
  private asked = 0;
  width = 0;
  height = 0;
  centre: [number, number] = [0, 0];
  zoom = 1;
  /** Called after each picture, so that labels can follow. */
  onDrawn: () => void = () => undefined;

  constructor(readonly canvas: HTMLCanvasElement) {
    const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true }); // its pixels lie in memory
    if (!context) throw new Error("a canvas without a context");
    this.context = context;
    this.resize(canvas.clientWidth, canvas.clientHeight);
  }

  show(points: Points, look: Look): void {
    const order = mixed(points.n).filter((i) => !look.isHidden(i));
    const isOnTop = (i: number): boolean => points.kinds[i] === PROTOTYPE || look.isChosen(i);
    const below = order.filter((i) => !isOnTop(i));
    const coloured = below.filter((i) => !look.isFaded(i)); // the last ones are drawn in any case
    this.order = Int32Array.from([...below.filter((i) => look.isFaded(i)), ...coloured, ...order.filter(isOnTop).sort()]);
    [this.points, this.look, this.below] = [points, look, below.length];
    [this.ground, this.rim] = [pixel(look.ground), pixel(look.rim)];
    const [faded, none] = [pixel(look.faded), pixel(look.none)];
    const colours = look.colours.map(pixel);
    this.tints = Uint32Array.from(this.order, (i) => look.isFaded(i) ? faded : colours[points.labels[i] ?? -1] ?? none);
    this.restamp();
    this.draw();
  }

  /** Make the stamps: they depend on how many points there are, and on the screen. */
  private restamp(): void {
    const { points, look, order } = this;
    if (!points || !look) return;
    const base = order.length > 20_000 ? 4 : order.length > 4_000 ? 5.5 : order.length > 600 ? 7.5 : 10;
    const numbers = new Map<string, number>();
    this.stamps = [];
    this.kinds = Uint8Array.from(order, (i) => {
      const [kind, isChosen] = [points.kinds[i], look.isChosen(i)];
      const size = this.ratio * (kind === PROTOTYPE ? Math.max(15, base * 2) : isChosen ? base + 4 : kind === 1 ? base + 1.5 : base);
      const form = kind === PROTOTYPE || isChosen ? "rimmed" : (points.labels[i] ?? -1) < 0 ? "ring" : "disc";
      const name = `${size} ${form}`;
      const number = numbers.get(name);
      if (number !== undefined) return number;
      numbers.set(name, this.stamps.length);
      return this.stamps.push(stamp(size, form, this.image.width)) - 1;
    });
  }

  resize(width: number, height: number): void {
    const ratio = Math.min(2, devicePixelRatio);
    if (width === this.width && height === this.height && ratio === this.ratio) return;
    [this.width, this.height, this.ratio] = [width, height, ratio];
    this.canvas.width = Math.max(1, Math.round(width * this.ratio));
    this.canvas.height = Math.max(1, Math.round(height * this.ratio));
    this.image = this.context.createImageData(this.canvas.width + 2 * MARGIN, this.canvas.height + 2 * MARGIN);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.restamp();
    this.picture(); // at once: a canvas of another size is black
  }

  /** How much of the plane a pixel is. */
  get unit(): number {
    return 2.15 / (Math.min(this.width, this.height) * this.zoom);
  }
  toPlane(px: number, py: number): [number, number] {
    return [this.centre[0] + (px - this.width / 2) * this.unit, this.centre[1] - (py - this.height / 2) * this.unit];
  }
  toPixels(x: number, y: number): [number, number] {
    return [(x - this.centre[0]) / this.unit + this.width / 2, this.height / 2 - (y - this.centre[1]) / this.unit];
  }
  pan(dx: number, dy: number): void {
    this.centre = [this.centre[0] - dx * this.unit, this.centre[1] + dy * this.unit];
    this.draw(true);
  }
  zoomAt(factor: number, px: number, py: number): void {
    const before = this.toPlane(px, py);
    this.zoom = Math.min(200, Math.max(0.5, this.zoom * factor));
    const after = this.toPlane(px, py);
    this.centre = [this.centre[0] + before[0] - after[0], this.centre[1] + before[1] - after[1]];
    this.draw(true);
  }
  reset(): void {
    this.centre = [0, 0];
    this.zoom = 1;
    this.draw();
  }

  /** Draw once before the next picture of the screen, however often it is asked. */
  draw(moving = false): void {
    if (moving) {
      clearTimeout(this.idle);
      this.idle = setTimeout(() => this.draw(), REST);
    }
    if (this.asked) return;
    this.asked = requestAnimationFrame(() => {
      this.asked = 0;
      this.picture(moving);
    });
  }

  /** Draw all points; while the map moves, as many as there is time for. */
  private picture(moving = false): void {
    if (!this.points || !this.width || !this.height) return;
    const affordable = moving ? Math.max(FEWEST, PATIENCE * this.speed) : this.below;
    this.paint(this.points, Math.max(0, this.below - Math.floor(affordable)));
    this.onDrawn();
  }

  /** Set the pixels of all points from a place in their order on. */
  private paint(points: Points, first: number): void {
    const start = performance.now();
    const { order, kinds, tints, stamps, pixels, rim } = this;
    const [width, height] = [this.canvas.width + 2 * MARGIN, this.canvas.height + 2 * MARGIN];
    const scale = this.ratio / this.unit;
    const [left, top] = [width / 2 - this.centre[0] * scale, height / 2 + this.centre[1] * scale];
    pixels.fill(this.ground);
    for (let k = first; k < order.length; k++) {
      const i = order[k] ?? 0;
      const px = Math.round(left + (points.x[i] ?? 0) * scale);
      const py = Math.round(top - (points.y[i] ?? 0) * scale);
      const mark = stamps[kinds[k] ?? 0];
      if (!mark || px < mark.reach || py < mark.reach || px >= width - mark.reach || py >= height - mark.reach) continue;
      const tint = tints[k] ?? 0;
      const middle = py * width + px;
      for (let p = 0; p < mark.offsets.length; p++) {
        const at = middle + (mark.offsets[p] ?? 0);
        const cover = mark.cover[p] ?? 255;
        const colour = mark.isRim[p] ? rim : tint;
        pixels[at] = cover === 255 ? colour : over(pixels[at] ?? 0, colour, cover);
      }
    }
    this.context.putImageData(this.image, -MARGIN, -MARGIN);
    this.speed = (order.length - first) / Math.max(0.1, performance.now() - start);
  }

  end(): void {
    cancelAnimationFrame(this.asked);
    clearTimeout(this.idle);
  }
}
