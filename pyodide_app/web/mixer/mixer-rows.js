// The rows of a mixer, one for each layer of its song.
/** @import { RowListeners } from "./row.js" */
import { MixerRow } from "./row.js";
import { isPressed, setPressed } from "../base/controls.js";
import { find, findAll, setText } from "../base/dom.js";
import { parseMixNumber } from "../base/mix-numbers.js";
import { leftOutName } from "../language/names.js";

const COLOURS = 8;

/** @typedef {Omit<RowListeners, "adjusted" | "chosen"> & { adjusted: (nth: number) => void, chosen: (nth: number) => void }} RowsListeners nth: of the rows */

export class MixerRows {
  /** @type {MixerRow[]} */
  all = [];
  #mixer;
  #listeners;
  #life = new AbortController(); // aborted when the rows are those of another song

  /** @param {HTMLElement} mixer @param {RowsListeners} listeners */
  constructor(mixer, listeners) {
    this.#mixer = mixer;
    this.#listeners = listeners;
  }

  /** The chosen stems' positions in their layers, from 0, or LEFT_OUT. */
  get choice() {
    return this.all.map((row) => row.choice);
  }

  get settings() {
    return this.all.map(({ settings }) => settings);
  }

  /** Connect the rows in the page. */
  connect() {
    if (!this.all.length) this.#read();
    this.#life.abort();
    this.#life = new AbortController();
    const { adjusted, chosen, ...listeners } = this.#listeners;
    for (const [nth, row] of this.all.entries()) {
      row.listen({ adjusted: () => adjusted(nth), chosen: () => chosen(nth), ...listeners }, this.#life.signal);
    }
    this.markSilent();
  }

  disconnect() {
    this.#life.abort();
  }

  /**
   * Replace the rows by those of another song, set to its first mix.
   * @param {Data.Song} song
   */
  replace({ layers, pages }) {
    const [first] = this.all;
    find(this.#mixer, ".rows").replaceChildren(...layers.map((layer, nth) => createRow(layer, nth, first.element)));
    this.#read();
    this.connect();
    const choice = parseMixNumber(pages[0] ?? "");
    for (const [nth, row] of this.all.entries()) {
      row.stem.value = layers[nth].stems[choice[nth] ?? 0]?.slug ?? "";
      row.speak();
      row.draw(layers[nth]);
    }
  }

  /** Dim the rows that are muted, or not soloed while others are. */
  markSilent() {
    const anySolo = this.all.some(({ solo }) => isPressed(solo));
    for (const { element, mute, solo } of this.all) {
      element.classList.toggle("silent", isPressed(mute) || (anySolo && !isPressed(solo)));
    }
  }

  /**
   * Move the playheads.
   * @param {number} share of the song
   */
  place(share) {
    for (const row of this.all) row.place(share);
  }

  /**
   * Mark the rows that play their old stem until the new one has arrived.
   * @param {readonly number[]} waiting
   */
  markWaiting(waiting) {
    for (const [nth, { element }] of this.all.entries()) element.toggleAttribute("data-waits", waiting.includes(nth));
  }

  #read() {
    this.all = [...findAll(this.#mixer, ".row")].map((element) => new MixerRow(element));
  }
}

/**
 * A row for a layer, cloned from another one.
 * @param {Data.Layer} layer @param {number} nth of the rows @param {HTMLElement} model
 */
function createRow(layer, nth, model) {
  const row = /** @type {HTMLElement} */ (model.cloneNode(true));
  row.className = `row layer-${(nth % COLOURS) + 1}`;
  row.setAttribute("aria-label", layer.name);
  row.dataset.layer = layer.slug;
  setText(find(row, ".layer-name"), layer.name);
  const none = layer.empty ? [new Option(leftOutName(), "")] : [];
  find(row, "select").replaceChildren(...layer.stems.map((stem) => new Option(stem.name, stem.slug)), ...none);
  for (const key of row.querySelectorAll("button")) setPressed(key, false);
  for (const fader of row.querySelectorAll("input")) fader.value = fader.defaultValue;
  return row;
}
