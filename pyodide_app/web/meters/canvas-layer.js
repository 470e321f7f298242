// A canvas that covers an element and follows its size. Drawing it restyles, lays out and paints nothing else.
import { addDrawing } from "./animation-loop.js";
import { createElement } from "../base/dom.js";

const THEMES = ["(prefers-color-scheme: dark)", "(forced-colors)"].map((query) => matchMedia(query));

/** @typedef {{ width: number, height: number, ratio: number }} Size in device pixels; ratio: of those to a CSS pixel */
/** @typedef {(name: string) => string} Property the value of a custom property of CSS */

/**
 * @typedef {object} Scene
 * @property {(now: number) => boolean} step move on to a time in milliseconds; whether it goes on moving
 * @property {(size: Size) => readonly number[]} shape what is to be seen; it is only painted where this has changed
 * @property {(context: CanvasRenderingContext2D, size: Size, property: Property) => void} paint on an empty canvas
 */

export class CanvasLayer {
  #canvas;
  #context;
  #scene;
  /** @type {Size} */
  #size = { width: 0, height: 0, ratio: 1 };
  #shape = ""; // as painted
  /** @type {Map<string, string>} */
  #properties = new Map(); // read once for each theme: reading may restyle the page
  #draw;

  /**
   * @param {Element} parent to cover
   * @param {Scene} scene
   * @param {AbortSignal} signal
   */
  constructor(parent, scene, signal) {
    const former = /** @type {HTMLCanvasElement | null} */ (parent.querySelector(":scope > canvas"));
    this.#canvas = former ?? createElement("canvas", { "aria-hidden": "true" });
    if (!former) parent.append(this.#canvas);
    this.#context = this.#canvas.getContext("2d");
    this.#scene = scene;
    this.#draw = addDrawing({ element: this.#canvas, draw: (now) => this.#step(now) }, signal);
    const resized = new ResizeObserver(() => this.#fit());
    resized.observe(this.#canvas);
    signal.addEventListener("abort", () => resized.disconnect(), { once: true });
    addEventListener("resize", () => this.#fit(), { signal }); // a zoom may leave the size in CSS pixels as it is
    for (const theme of THEMES) theme.addEventListener("change", () => this.#repaint(), { signal });
  }

  /** Draw what has changed in the scene with the next frame. */
  draw() {
    this.#draw();
  }

  /**
   * Cover another element.
   * @param {Element} parent
   */
  moveTo(parent) {
    if (this.#canvas.parentElement !== parent) parent.append(this.#canvas);
  }

  #fit() {
    const ratio = devicePixelRatio;
    const [width, height] = [this.#canvas.clientWidth, this.#canvas.clientHeight].map((length) => Math.round(length * ratio));
    if (width === this.#size.width && height === this.#size.height) return;
    this.#size = { width, height, ratio };
    Object.assign(this.#canvas, { width, height }); // which empties it
    this.#repaint();
  }

  #repaint() {
    this.#properties.clear();
    this.#shape = "";
    this.#paint();
  }

  /** @param {number} now */
  #step(now) {
    const isMoving = this.#scene.step(now);
    this.#paint();
    return isMoving;
  }

  #paint() {
    const { width, height } = this.#size;
    const shape = String(this.#scene.shape(this.#size));
    if (!this.#context || !width || !height || shape === this.#shape) return;
    this.#shape = shape;
    this.#context.globalAlpha = 1;
    this.#context.clearRect(0, 0, width, height);
    this.#scene.paint(this.#context, this.#size, (name) => this.#property(name));
  }

  /** @param {string} name */
  #property(name) {
    const value = this.#properties.get(name) ?? getComputedStyle(this.#canvas).getPropertyValue(name);
    this.#properties.set(name, value);
    return value;
  }
}
