// Draws points with three.js: one call for all, on the graphics processor. It knows no documents.
// This file and three.js are a chunk of their own, loaded when the map is opened.
import { BufferAttribute, BufferGeometry, OrthographicCamera, Points as Cloud, Scene, ShaderMaterial, WebGLRenderer } from "three";
import type { Points } from "./points";

const VERTEX = `
attribute vec3 tint;
attribute float size;
attribute float form;
varying vec3 vTint;
varying float vForm;
uniform float scale;
void main() {
  vTint = tint;
  vForm = form;
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
  gl_PointSize = size * scale;
}`;
// form 0: a disc; 1: a ring; 2: a disc with a rim; 3: faded
const FRAGMENT = `
varying vec3 vTint;
varying float vForm;
uniform vec3 rim;
void main() {
  float r = length(gl_PointCoord - 0.5) * 2.0;
  if (r > 1.0) discard;
  if (vForm > 0.5 && vForm < 1.5 && r < 0.55) discard;
  vec3 colour = vForm > 1.5 && vForm < 2.5 && r > 0.72 ? rim : vTint;
  gl_FragColor = vec4(colour, 1.0);
}`;

const LATE = 20; // milliseconds between two pictures
const LESS = 0.6; // of the points, after a late picture
const MORE = 1.02; // of the points, after each picture in time
const CEILING = 1.002; // of what was in time before: the next late picture is far away
const REST = 160; // milliseconds without a movement
const FEWEST = 4000; // points

export interface Look {
  colours: [number, number, number][];
  none: [number, number, number];
  rim: [number, number, number];
  faded: [number, number, number];
  /** Which points are drawn faded; all others in their colours. */
  isFaded: (i: number) => boolean;
  isHidden: (i: number) => boolean;
  isChosen: (i: number) => boolean;
}

export class MapScene {
  private readonly renderer: WebGLRenderer;
  private readonly scene = new Scene();
  private readonly camera = new OrthographicCamera(-1, 1, 1, -1, -1, 1);
  private readonly material: ShaderMaterial;
  private clouds: Cloud[] = [];
  private most = 0; // points below those on top
  private budget = 0; // of these, how many are drawn while the map moves
  private ceiling = 0; // how many of these were in time before a late picture, a little more each time
  private last = 0; // when the last picture of a movement was drawn
  private idle = 0;
  private asked = 0;
  centre: [number, number] = [0, 0];
  zoom = 1;
  /** Called after each picture, so that labels can follow. */
  drawn: () => void = () => undefined;

  /** Throws where the browser has no WebGL. */
  constructor(readonly canvas: HTMLCanvasElement) {
    this.renderer = new WebGLRenderer({ canvas, antialias: false, alpha: true, powerPreference: "high-performance" });
    this.material = new ShaderMaterial({
      vertexShader: VERTEX, fragmentShader: FRAGMENT, depthTest: false, depthWrite: false,
      uniforms: { scale: { value: 1 }, rim: { value: [1, 1, 1] } },
    });
  }

  show(points: Points, look: Look): void {
    const visible = Array.from({ length: points.n }, (_, i) => i).filter((i) => !look.isHidden(i));
    const isOnTop = (i: number): boolean => points.kinds[i] === 2 || look.isChosen(i);
    // In no order but faded ones first, so that any part from the end is a fair sample of all.
    const mixed = (i: number): number => Math.imul(i + 1, 2654435761) >>> 0;
    const below = visible.filter((i) => !isOnTop(i))
      .sort((a, b) => Number(look.isFaded(b)) - Number(look.isFaded(a)) || mixed(a) - mixed(b));
    for (const cloud of this.clouds) {
      cloud.geometry.dispose();
      this.scene.remove(cloud);
    }
    this.clouds = [below, visible.filter(isOnTop)].map((order) => this.cloud(points, look, order, visible.length));
    this.scene.add(...this.clouds);
    this.most = below.length;
    this.budget = this.ceiling = below.length;
    const rim = this.material.uniforms.rim;
    if (rim) rim.value = look.rim;
    this.draw();
  }

  private cloud(points: Points, look: Look, order: number[], all: number): Cloud {
    const n = order.length;
    const [position, tint, size, form] = [new Float32Array(3 * n), new Float32Array(3 * n), new Float32Array(n), new Float32Array(n)];
    const base = all > 20_000 ? 4 : all > 4_000 ? 5.5 : all > 600 ? 7.5 : 10;
    order.forEach((i, k) => {
      position.set([points.x[i] ?? 0, points.y[i] ?? 0, 0], 3 * k);
      const label = points.labels[i] ?? -1;
      const kind = points.kinds[i] ?? 0;
      tint.set(look.isFaded(i) ? look.faded : label < 0 ? look.none : (look.colours[label] ?? look.none), 3 * k);
      size[k] = kind === 2 ? Math.max(15, base * 2) : look.isChosen(i) ? base + 4 : kind === 1 ? base + 1.5 : base;
      form[k] = kind === 2 || look.isChosen(i) ? 2 : label < 0 ? 1 : 0;
    });
    const geometry = new BufferGeometry();
    geometry.setAttribute("position", new BufferAttribute(position, 3));
    geometry.setAttribute("tint", new BufferAttribute(tint, 3));
    geometry.setAttribute("size", new BufferAttribute(size, 1));
    geometry.setAttribute("form", new BufferAttribute(form, 1));
    const cloud = new Cloud(geometry, this.material);
    cloud.frustumCulled = false;
    return cloud;
  }

  resize(width: number, height: number): void {
    const ratio = Math.min(2, devicePixelRatio);
    this.renderer.setPixelRatio(ratio);
    this.renderer.setSize(width, height, false);
    const scale = this.material.uniforms.scale;
    if (scale) scale.value = ratio;
    this.draw();
  }

  /** How much of the plane a pixel is. */
  get unit(): number {
    return 2.15 / (Math.min(this.canvas.clientWidth, this.canvas.clientHeight) * this.zoom);
  }
  toPlane(px: number, py: number): [number, number] {
    return [this.centre[0] + (px - this.canvas.clientWidth / 2) * this.unit, this.centre[1] - (py - this.canvas.clientHeight / 2) * this.unit];
  }
  toPixels(x: number, y: number): [number, number] {
    return [(x - this.centre[0]) / this.unit + this.canvas.clientWidth / 2, this.canvas.clientHeight / 2 - (y - this.centre[1]) / this.unit];
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
    this.asked = requestAnimationFrame((now) => {
      this.asked = 0;
      this.adapt(moving, now);
      const [halfWidth, halfHeight] = [(this.canvas.clientWidth / 2) * this.unit, (this.canvas.clientHeight / 2) * this.unit];
      Object.assign(this.camera, {
        left: this.centre[0] - halfWidth, right: this.centre[0] + halfWidth, top: this.centre[1] + halfHeight, bottom: this.centre[1] - halfHeight,
      });
      this.camera.updateProjectionMatrix();
      this.renderer.render(this.scene, this.camera);
      this.drawn();
    });
  }

  /** While the map moves and pictures come late, draw fewer points; all of them once it rests. */
  private adapt(moving: boolean, now: number): void {
    const gap = now - this.last;
    this.last = now;
    if (moving && gap < 300) {
      if (gap > LATE) this.ceiling = this.budget = Math.max(FEWEST, this.budget * LESS);
      else {
        this.ceiling = Math.min(this.most, this.ceiling * CEILING);
        this.budget = Math.min(this.ceiling, this.budget * MORE);
      }
    }
    const n = Math.min(this.most, moving ? Math.ceil(this.budget) : this.most);
    this.clouds[0]?.geometry.setDrawRange(this.most - n, n);
  }

  end(): void {
    cancelAnimationFrame(this.asked);
    clearTimeout(this.idle);
    for (const cloud of this.clouds) cloud.geometry.dispose();
    this.material.dispose();
    this.renderer.dispose();
  }
}
