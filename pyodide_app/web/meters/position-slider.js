// A slider that follows what is playing. Changing a slider's value lays it out anew, so from one second to the next its
// cap and the played part of its track are only painted elsewhere (--ahead and --at in fader.css).
import { addDrawing } from "./animation-loop.js";

const STEP_MS = 100; // at most so often

export class PositionSlider {
  #input;
  #width = 0; // in CSS pixels
  #seconds = 0;
  #ahead = 0; // pixels from where the value stands
  #moved = 0; // when, in milliseconds
  #draw;

  /** @param {HTMLInputElement} input @param {AbortSignal} signal */
  constructor(input, signal) {
    this.#input = input;
    const resized = new ResizeObserver(([{ contentRect }]) => (this.#width = contentRect.width));
    resized.observe(input);
    signal.addEventListener("abort", () => resized.disconnect(), { once: true });
    this.#draw = addDrawing({ element: input, draw: (now) => this.#move(now) }, signal);
    // Keys move on from the value.
    for (const type of ["keydown", "pointerdown"]) input.addEventListener(type, () => this.#set(this.#seconds), { signal });
  }

  /**
   * Show a position, to screen readers too.
   * @param {number} seconds @param {string} words
   */
  show(seconds, words) {
    this.#set(seconds);
    this.#input.setAttribute("aria-valuetext", words);
  }

  /**
   * Move on while playing, by whole pixels.
   * @param {number} seconds
   */
  follow(seconds) {
    this.#seconds = seconds;
    this.#draw();
  }

  /**
   * Returns whether it is too early to move.
   * @param {number} now in milliseconds
   */
  #move(now) {
    const ahead = Math.round((this.#share(this.#seconds) - this.#share(Number(this.#input.value))) * this.#width);
    if (ahead === this.#ahead) return false;
    if (now - this.#moved < STEP_MS) return true;
    this.#moved = now;
    this.#place(ahead);
    return false;
  }

  /** @param {number} seconds */
  #set(seconds) {
    this.#seconds = seconds;
    this.#input.value = String(seconds);
    this.#place(0);
  }

  /** @param {number} ahead */
  #place(ahead) {
    this.#ahead = ahead;
    this.#input.style.setProperty("--at", this.#share(this.#seconds).toFixed(5));
    this.#input.style.setProperty("--ahead", `${ahead}px`);
  }

  /** @param {number} seconds */
  #share(seconds) {
    return Math.min(1, seconds / (Number(this.#input.max) || 1));
  }
}
