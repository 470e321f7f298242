// A slider that follows what is playing. Changing its value, or how its thumb is drawn, makes the browser paint and
// layer the page anew. So a cap and the played part of the track lie over it, and only their transforms change.
import { addDrawing } from "./animation-loop.js";
import { createElement } from "../base/dom.js";

const STEP_MS = 100; // at most so often

export class PositionSlider {
  #input;
  #played = createElement("span", { class: "played", "aria-hidden": "true" });
  #cap = createElement("span", { class: "cap", "aria-hidden": "true" });
  #travel = 0; // of the cap, in CSS pixels
  #seconds = 0;
  #place = -1; // of the cap, in whole CSS pixels
  #moved = 0; // when, in milliseconds
  #draw;

  /** @param {HTMLInputElement} input @param {AbortSignal} signal */
  constructor(input, signal) {
    this.#input = input;
    const slider = cover(input);
    slider.append(this.#played, this.#cap);
    const resized = new ResizeObserver(() => {
      this.#travel = slider.clientWidth - this.#cap.offsetWidth;
      this.#show();
    });
    for (const element of [slider, this.#cap]) resized.observe(element);
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
    if (Math.round(this.#share * this.#travel) === this.#place) return false;
    if (now - this.#moved < STEP_MS) return true;
    this.#moved = now;
    this.#show();
    return false;
  }

  /** @param {number} seconds */
  #set(seconds) {
    this.#seconds = seconds;
    this.#input.value = String(seconds);
    this.#show();
  }

  #show() {
    this.#place = Math.round(this.#share * this.#travel);
    this.#cap.style.transform = `translateX(${this.#place}px)`;
    this.#played.style.transform = `scaleX(${this.#share.toFixed(5)})`;
  }

  /** Of the song, played. */
  get #share() {
    return Math.min(1, this.#seconds / (Number(this.#input.max) || 1));
  }
}

/**
 * The element around a slider; what lies over the slider is taken away.
 * @param {HTMLInputElement} input
 */
function cover(input) {
  const former = input.closest(".slider");
  for (const element of former?.querySelectorAll("span") ?? []) element.remove();
  if (former) return former;
  const slider = createElement("span", { class: "slider" });
  input.replaceWith(slider);
  slider.append(input);
  return slider;
}
