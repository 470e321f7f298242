// The position in what plays: slider, time, and whoever follows them.
import { PositionSlider } from "./position-slider.js";
import { find, setText } from "../base/dom.js";
import { _ } from "../language/phrases.js";
import { formatTime } from "../language/units.js";

export class PositionView {
  seconds = 0;
  #isHeld = false; // the visitor is dragging it
  /** @type {PositionSlider | null} */
  #slider = null;
  #element;
  #onMove;

  /** @param {HTMLElement} element around slider and time @param {(seconds: number) => void} onMove called whenever it has moved */
  constructor(element, onMove = () => {}) {
    this.#element = element;
    this.#onMove = onMove;
  }

  /** Of what plays, in seconds. */
  get duration() {
    return Number(this.#input.max);
  }

  /** @param {(seconds: number) => void} seek called when the visitor has chosen a position @param {AbortSignal} signal */
  connect(seek, signal) {
    const input = this.#input;
    input.addEventListener("input", () => {
      this.#isHeld = true;
      this.show(Number(input.value));
    }, { signal });
    input.addEventListener("change", () => {
      this.#isHeld = false;
      seek(Number(input.value));
    }, { signal });
    this.#slider = new PositionSlider(input, signal);
  }

  /** @param {number} duration of what plays, in seconds; 0: nothing does */
  setDuration(duration) {
    this.#input.max = String(duration || 1);
    setText(find(this.#element, ".of"), formatTime(duration));
  }

  /**
   * Show a position: slider, time, and whoever follows.
   * @param {number} seconds
   */
  show(seconds) {
    const now = formatTime(seconds);
    this.#slider?.show(seconds, _("%(now)s of %(all)s", { now, all: formatTime(this.duration) }));
    setText(find(this.#element, ".now"), now);
    this.#move(seconds);
  }

  /**
   * Follow what plays: all of the position once a second and after a jump, what is drawn of it in between.
   * @param {number} seconds @param {boolean} playing
   */
  follow(seconds, playing) {
    if (this.#isHeld) return;
    const isSameSecond = seconds >= this.seconds && Math.floor(seconds) === Math.floor(this.seconds);
    if (!playing || !isSameSecond) {
      this.show(seconds);
      return;
    }
    this.#slider?.follow(seconds);
    this.#move(seconds);
  }

  /** @param {number} seconds */
  #move(seconds) {
    this.seconds = seconds;
    this.#onMove(seconds);
  }

  get #input() {
    return find(this.#element, ".position", HTMLInputElement);
  }
}
