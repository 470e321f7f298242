// What moves over a row's waveform: the played part is paler, a playhead stands at its end, the row glows with its
// level, and has a meter at its foot.
/** @import { Property, Scene, Size } from "../meters/canvas-layer.js" */
import { CanvasLayer } from "../meters/canvas-layer.js";
import { Level } from "../meters/level.js";
import { LINE, levelShape, paintLevel } from "../meters/level-bar.js";
import { isMotionOn } from "../pages/motion.js";

const METER = 5; // CSS pixels
const GROOVE = 0.6; // opacity of the meter's track
const PLAYED = 0.55; // of the paper over the played part
const GLOW = 0.16; // of the layer's colour at full level
const GLOW_STEPS = 50;

/** @implements {Scene} */
export class Lane {
  #row;
  #level = new Level();
  #share = 0; // of the song, played
  #layer;

  /**
   * @param {HTMLElement} row @param {HTMLElement} lane
   * @param {AbortSignal} signal
   */
  constructor(row, lane, signal) {
    this.#row = row;
    this.#layer = new CanvasLayer(lane, this, signal);
  }

  /**
   * Show a level.
   * @param {number} share of the meter's length, from 0 to 1
   */
  report(share) {
    this.#level.report(share, performance.now());
    this.#layer.draw();
  }

  /**
   * Move the playhead.
   * @param {number} share of the song
   */
  place(share) {
    this.#share = share;
    this.#layer.draw();
  }

  /** @param {number} now */
  step(now) {
    return this.#level.step(now);
  }

  /**
   * Where playhead, level and mark stand, in device pixels, and the glow, from 0 to GLOW_STEPS. Stems that are not
   * heard as they are do not glow: their waveform is hatched.
   * @param {Size} size
   * @returns {[playhead: number, bar: number, mark: number, glow: number]}
   */
  shape(size) {
    const glows = isMotionOn() && (this.#row.dataset.access ?? "open") === "open";
    const glow = glows ? Math.round(this.#level.shown * GLOW_STEPS) : 0;
    return [Math.round(this.#share * size.width), ...levelShape(this.#level, size), glow];
  }

  /** @param {CanvasRenderingContext2D} context @param {Size} size @param {Property} property */
  paint(context, size, property) {
    const { width, height, ratio } = size;
    const [playhead, bar, mark, glow] = this.shape(size);
    /** @param {string} name @param {number} opacity @param {[left: number, top: number, width: number, height: number]} box */
    const fill = (name, opacity, box) => {
      context.globalAlpha = opacity;
      context.fillStyle = property(name);
      context.fillRect(...box);
    };
    const foot = Math.round(METER * ratio);
    fill("--layer", (GLOW * glow) / GLOW_STEPS, [0, 0, width, height]);
    fill("--paper", PLAYED, [0, 0, playhead, height]);
    fill("--line", GROOVE, [0, height - foot, width, foot]);
    context.globalAlpha = 1;
    paintLevel(context, [bar, mark], { top: height - foot, height: foot, ratio }, [property("--layer"), property("--ink")]);
    fill("--ink", 1, [playhead, 0, LINE * ratio, height]);
  }
}
