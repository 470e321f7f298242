// The record beside the transport's keys: it turns while music plays, unless the visitor wants no motion.
/** @import { Property, Scene, Size } from "../meters/canvas-layer.js" */
import { CanvasLayer } from "../meters/canvas-layer.js";
import { isMotionOn } from "../pages/motion.js";

const LONGEST_STEP = 0.1; // seconds
const LABEL = 0.433; // its radius, as a share of the record's
const HOLE = 0.078;
const DARK = "#17161a";
const LIGHT = "#45424d";
/** @type {readonly (readonly [share: number, colour: string])[]} */
const SHEEN = [[0, DARK], [0.12, LIGHT], [0.3, DARK], [0.5, DARK], [0.55, LIGHT], [0.8, DARK]]; // around the record

/** @implements {Scene} */
export class Turntable {
  #layer;
  #isTurning = false;
  #turn = 0; // from 0 to 1
  #period = 1; // seconds for a turn
  #now = 0;

  /** @param {HTMLElement} element @param {AbortSignal} signal */
  constructor(element, signal) {
    this.#layer = new CanvasLayer(element, this, signal);
  }

  /** @param {boolean} on */
  turn(on) {
    this.#isTurning = on;
    this.#layer.draw();
  }

  /** @param {number} now */
  step(now) {
    const seconds = Math.min(LONGEST_STEP, (now - this.#now) / 1000);
    this.#now = now;
    if (this.#isTurning && isMotionOn()) this.#turn = (this.#turn + seconds / this.#period) % 1;
    return this.#isTurning;
  }

  shape() {
    return [this.#turn];
  }

  /** @param {CanvasRenderingContext2D} context @param {Size} size @param {Property} property */
  paint(context, { width }, property) {
    if (!("createConicGradient" in context)) return; // before Safari 16.1: the record of the style sheet stands still
    this.#period = parseFloat(property("--duration-turn")) || 1;
    const centre = width / 2;
    const sheen = context.createConicGradient(2 * Math.PI * (this.#turn - 0.25), centre, centre);
    for (const [share, colour] of SHEEN) sheen.addColorStop(share, colour);
    /** @param {number} radius @param {string | CanvasGradient} colour */
    const disc = (radius, colour) => {
      context.fillStyle = colour;
      context.beginPath();
      context.arc(centre, centre, radius * centre, 0, 2 * Math.PI);
      context.fill();
    };
    disc(1, sheen);
    disc(LABEL, property("--accent"));
    disc(HOLE, property("--paper-2"));
  }
}
