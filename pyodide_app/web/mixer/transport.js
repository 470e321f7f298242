// A mixer's transport: its keys, the master volume, when stems change, and the record that turns.
/** @import { StateChange } from "../playback/player.js" */
import { Turntable } from "./turntable.js";
import { describeFader, isPressed, resetFader, setDisabled, setPressed } from "../base/controls.js";
import { find } from "../base/dom.js";
import { formatDecibels } from "../language/units.js";

/**
 * @typedef {object} TransportListeners
 * @property {() => void} play @property {() => void} pause @property {() => void} stop @property {() => void} loop
 * @property {(volume: string) => void} master
 * @property {(isOnBar: boolean) => void} onBar stems are to change at the next bar
 */

export class Transport {
  #mixer;
  /** @type {Turntable | null} */
  #turntable = null;

  /** @param {HTMLElement} mixer */
  constructor(mixer) {
    this.#mixer = mixer;
  }

  /** @param {TransportListeners} listeners @param {AbortSignal} signal */
  connect({ master, onBar, ...keys }, signal) {
    for (const [name, act] of Object.entries(keys)) this.#key(name).addEventListener("click", () => act(), { signal });
    this.#key("play").addEventListener("click", () => this.#showStatus(), { signal });
    const fader = this.#fader;
    fader.addEventListener("input", () => master(fader.value), { signal });
    fader.addEventListener("dblclick", () => resetFader(fader), { signal });
    const box = this.#box;
    box.addEventListener("change", () => onBar(box.checked), { signal });
    const record = this.#mixer.querySelector(".turntable"); // a site's own template may have none
    if (record) this.#turntable = new Turntable(/** @type {HTMLElement} */ (record), signal);
  }

  /** @param {StateChange} change */
  showState({ state }) {
    setDisabled(this.#key("pause"), state !== "playing" && state !== "loading", this.#key("play")); // it cancels loading, too
    this.#turntable?.turn(state === "playing");
  }

  /** Bring the status line into view, which says what is loaded: Play may be the last line of a window. */
  #showStatus() {
    find(this.#mixer, ".status").scrollIntoView({ block: "nearest" });
  }

  get isLooping() {
    return isPressed(this.#key("loop"));
  }

  /** @param {boolean} on */
  showLoop(on) {
    setPressed(this.#key("loop"), on);
  }

  /** The master volume, in dB. */
  get volume() {
    return Number(this.#fader.value);
  }

  /** @param {number | string} volume in dB */
  showVolume(volume) {
    const fader = this.#fader;
    fader.value = String(volume);
    describeFader(fader, formatDecibels(fader.value));
  }

  get isOnBar() {
    return this.#box.checked;
  }

  get #fader() {
    return find(this.#mixer, ".master input", HTMLInputElement);
  }

  get #box() {
    return find(this.#mixer, ".on-the-bar", HTMLInputElement);
  }

  /** @param {string} name */
  #key(name) {
    return find(this.#mixer, `.${name}`, HTMLButtonElement);
  }
}
