// The player bar's position in the track: slider and time.
import { find, setText } from "../base/dom.js";
import { _ } from "../language/phrases.js";
import { formatTime } from "../language/units.js";
import { PositionSlider } from "../meters/position-slider.js";

/** @import { Jukebox } from "./jukebox.js" */

export class BarPosition {
  #bar;
  #jukebox;
  #seconds = 0; // as shown
  #isHeld = false; // the visitor is dragging it
  /** @type {PositionSlider | null} */
  #slider = null;

  /** @param {HTMLElement} bar @param {Jukebox} jukebox */
  constructor(bar, jukebox) {
    this.#bar = bar;
    this.#jukebox = jukebox;
  }

  /** @param {(seconds: number) => void} seek called when the visitor has chosen a position @param {AbortSignal} signal */
  connect(seek, signal) {
    const input = find(this.#bar, ".position", HTMLInputElement);
    this.#slider = new PositionSlider(input, signal);
    input.addEventListener("input", () => {
      this.#isHeld = true;
      this.show(Number(input.value));
    }, { signal });
    input.addEventListener("change", () => {
      this.#isHeld = false;
      seek(Number(input.value));
    }, { signal });
  }

  /** @param {number} seconds */
  show(seconds) {
    const words = formatTime(seconds);
    this.#slider?.show(seconds, _("%(now)s of %(all)s", { now: words, all: formatTime(this.#jukebox.duration) }));
    setText(find(this.#bar, ".now"), words);
    this.#seconds = seconds;
  }

  /**
   * Follow what plays: all of the position once a second and after a jump, the slider in between.
   * @param {number} seconds
   */
  follow(seconds) {
    if (this.#isHeld) return;
    const isSameSecond = seconds >= this.#seconds && Math.floor(seconds) === Math.floor(this.#seconds);
    if (isSameSecond && this.#jukebox.state === "playing") this.#slider?.follow(seconds);
    else this.show(seconds);
  }
}
