// A bar as long as a level, and a mark at the highest of late.
/** @import { Property, Scene, Size } from "./canvas-layer.js" */
import { CanvasLayer } from "./canvas-layer.js";
import { Level } from "./level.js";

export const LINE = 2; // CSS pixels: the width of marks

/** @implements {Scene} */
export class LevelBar {
  #level = new Level();
  #layer;
  #hasMark;

  /**
   * @param {Element} parent to cover
   * @param {AbortSignal} signal
   */
  constructor(parent, signal, { mark = true } = {}) {
    this.#hasMark = mark;
    this.#layer = new CanvasLayer(parent, this, signal);
  }

  /**
   * Show a level.
   * @param {number} share of the bar's length, from 0 to 1
   */
  report(share) {
    this.#level.report(share, performance.now());
    this.#layer.draw();
  }

  /**
   * Cover another element.
   * @param {Element} parent
   */
  moveTo(parent) {
    this.#layer.moveTo(parent);
  }

  /** @param {number} now */
  step(now) {
    return this.#level.step(now);
  }

  /**
   * @param {Size} size
   * @returns {[bar: number, mark: number]}
   */
  shape(size) {
    const [bar, mark] = levelShape(this.#level, size);
    return this.#hasMark ? [bar, mark] : [bar, 0];
  }

  /** @param {CanvasRenderingContext2D} context @param {Size} size @param {Property} property */
  paint(context, size, property) {
    paintLevel(context, this.shape(size), { ...size, top: 0 }, [property("--accent"), property("--ink")]);
  }
}

/**
 * Where a level's bar and mark end, in device pixels; the mark is 0 in silence.
 * @param {Level} level @param {Size} size
 * @returns {[bar: number, mark: number]}
 */
export function levelShape({ shown, held }, { width }) {
  return [Math.round(shown * width), Math.round(held * width)];
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {readonly [bar: number, mark: number]} ends
 * @param {{ top: number, height: number, ratio: number }} box in device pixels
 * @param {readonly [bar: string, mark: string]} colours
 */
export function paintLevel(context, [bar, mark], { top, height, ratio }, [colour, ink]) {
  context.fillStyle = colour;
  context.fillRect(0, top, bar, height);
  context.fillStyle = ink;
  if (mark > 0) context.fillRect(mark - LINE * ratio, top, LINE * ratio, height);
}
