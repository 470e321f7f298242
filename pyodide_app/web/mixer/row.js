// A row of the mixer: the controls of one layer.
/** @import { Row as Settings, RowSettings } from "../playback/messages.js" */
import { anySignal } from "../base/signals.js";
import { setPressed, isPressed, resetFader, describeFader } from "../base/controls.js";
import { find } from "../base/dom.js";
import { Lane } from "./lane.js";
import { formatDecibels, formatPan } from "../language/units.js";

const DRAG_PIXELS = 6; // a shorter movement is a click

/**
 * @typedef {object} RowListeners
 * @property {() => void} adjusted volume, pan, mute or solo
 * @property {() => void} chosen another stem
 * @property {(share: number) => void} clicked position in the song, from 0 to 1
 * @property {(from: number, to: number, isFree: boolean) => void} dragged a range; isFree: not snapped to bars
 * @property {() => void} dropped end of the drag
 */

export class MixerRow {
  /** @type {Lane | null} */
  #drawing = null; // over the waveform, while the row is in the page

  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.lane = find(element, ".lane"); // shows the waveform
    this.stem = find(element, "select", HTMLSelectElement);
    this.mute = find(element, ".mute", HTMLButtonElement);
    this.solo = find(element, ".solo", HTMLButtonElement);
    this.volume = find(element, ".volume input", HTMLInputElement);
    this.pan = find(element, ".pan input", HTMLInputElement);
    this.slugs = [...this.stem.options].flatMap(({ value }) => value || []); // in the layer's order
  }

  get layer() {
    return this.element.dataset.layer ?? "";
  }

  /** Position of the chosen stem in its layer, from 0; LEFT_OUT, as of any other value, for none. */
  get choice() {
    return this.slugs.indexOf(this.stem.value);
  }

  /** @returns {Settings} */
  get settings() {
    return {
      stem: this.stem.value,
      volume: Number(this.volume.value),
      pan: Number(this.pan.value),
      mute: isPressed(this.mute),
      solo: isPressed(this.solo),
    };
  }

  /** @param {RowSettings} settings */
  set({ volume, pan, mute, solo }) {
    this.volume.value = String(volume);
    this.pan.value = String(pan);
    setPressed(this.mute, mute);
    setPressed(this.solo, solo);
    this.speak();
  }

  /**
   * Show what is heard of the row, without a word to anybody.
   * @param {Settings} settings @param {Data.Layer} layer
   */
  show(settings, layer) {
    this.set(settings);
    if (this.stem.value !== settings.stem) {
      this.stem.value = settings.stem;
      this.draw(layer);
    }
    return this;
  }

  /** Show volume and pan as text. */
  speak() {
    describeFader(this.volume, formatDecibels(this.volume.value));
    describeFader(this.pan, formatPan(this.pan.value));
  }

  /**
   * Draw the waveform of the chosen stem; none where the layer is left out.
   * @param {Data.Layer} layer
   */
  draw({ stems }) {
    find(this.element, ".lane path", SVGPathElement).setAttribute("d", stems[this.choice]?.path ?? "");
  }

  /**
   * Show the level of what is heard.
   * @param {number} share of the meter's length, from 0 to 1
   */
  report(share) {
    this.#drawing?.report(share);
  }

  /**
   * Move the playhead.
   * @param {number} share of the song
   */
  place(share) {
    this.#drawing?.place(share);
  }

  /** @param {RowListeners} listeners @param {AbortSignal} signal */
  listen({ adjusted, chosen, ...listeners }, signal) {
    this.#drawing = new Lane(this.element, this.lane, signal);
    for (const key of [this.mute, this.solo]) {
      key.addEventListener("click", () => {
        setPressed(key, !isPressed(key));
        adjusted();
      }, { signal });
    }
    for (const fader of [this.volume, this.pan]) {
      fader.addEventListener("input", () => {
        this.speak();
        adjusted();
      }, { signal });
      fader.addEventListener("dblclick", () => resetFader(fader), { signal });
    }
    this.stem.addEventListener("change", chosen, { signal });
    this.lane.addEventListener("pointerdown", (event) => {
      if (event.button === 0) this.#follow(event, listeners, signal);
    }, { signal });
  }

  /**
   * Track a pointer that went down on the lane.
   * @param {PointerEvent} down @param {Pick<RowListeners, "clicked" | "dragged" | "dropped">} listeners
   * @param {AbortSignal} life
   */
  #follow(down, { clicked, dragged, dropped }, life) {
    const end = new AbortController();
    const signal = anySignal(end.signal, life);
    const from = this.#shareAt(down);
    let isDrag = false;
    const up = () => {
      end.abort();
      if (isDrag) dropped();
      else clicked(from);
    };
    /** @param {PointerEvent} event */
    const move = (event) => {
      isDrag ||= Math.abs(event.clientX - down.clientX) >= DRAG_PIXELS;
      if (isDrag) dragged(from, this.#shareAt(event), event.altKey);
    };
    if (down.pointerType !== "touch") addEventListener("pointermove", move, { signal }); // touch scrolls the page
    addEventListener("pointerup", up, { signal });
    addEventListener("pointercancel", () => end.abort(), { signal });
  }

  /**
   * The pointer's position in the song, from 0 to 1.
   * @param {PointerEvent} event
   */
  #shareAt({ clientX }) {
    const { left, width } = this.lane.getBoundingClientRect();
    return Math.max(0, Math.min(1, (clientX - left) / width));
  }
}
