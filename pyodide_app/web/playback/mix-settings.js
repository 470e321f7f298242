// What a player was told to play: the stems and settings of the rows, the loop, the position.
/** @import { Command, Row, RowSettings, StemsOfMix, Tags, TakeKeys } from "./messages.js" */
/** @import { Move, Take } from "../takes/format.js" */
/** @import { Part } from "./stems.js" */
import { mixNumber } from "../base/mix-numbers.js";
import { _ } from "../language/phrases.js";
import { CONTROLS } from "../takes/format.js";

const PREVIEW = ":preview";

/** @typedef {{ lossless?: boolean, plain?: boolean }} Quality `plain`: all stems in full, also those that the visitor does not own */
/** @typedef {Part | { key: null }} AnyPart null: silent */

/** Nothing of a mix can be heard. */
export class SilenceError extends Error {}

export class MixSettings {
  master = 0; // in dB
  isOnBar = false; // stems change at the next bar
  frame = 0; // of the song
  song;
  rows;
  /** @type {[start: number, end: number] | null} */
  #loop = null; // in frames
  #access;
  #previewSeconds;

  /**
   * @param {Data.Song} song @param {Row[]} rows one for each layer
   * @param {(layer: string, stem: string) => Data.Access} access @param {number} previewSeconds length of previews
   */
  constructor(song, rows, access, previewSeconds) {
    this.song = song;
    this.rows = rows;
    this.#access = access;
    this.#previewSeconds = previewSeconds;
  }

  get seconds() {
    return this.frame / this.song.rate;
  }

  /** @param {number} seconds */
  seek(seconds) {
    this.frame = Math.max(0, Math.min(this.song.frames - 1, Math.round(seconds * this.song.rate)));
  }

  /** @param {readonly [start: number, end: number] | null} range in seconds */
  setLoop(range) {
    const { rate, frames } = this.song;
    this.#loop = range && [Math.round(range[0] * rate), Math.min(Math.round(range[1] * rate), frames)];
  }

  /** The chosen stems. @param {Quality} [quality] */
  parts(quality) {
    return this.rows.map((settings, row) => this.part(row, quality));
  }

  /**
   * The part of a row's chosen stem that is heard.
   * @param {number} row @param {Quality} [quality]
   * @returns {AnyPart}
   */
  part(row, quality) {
    return this.partOf(row, this.rows[row].stem, quality);
  }

  /**
   * The part of a stem that is heard in a row.
   * @param {number} row @param {string} slug of the stem; "" where the layer is left out @param {Quality} [quality]
   * @returns {AnyPart}
   */
  partOf(row, slug, { lossless = false, plain = false } = {}) {
    const layer = this.song.layers[row];
    const stem = layer.stems.find((other) => other.slug === slug);
    if (!stem) return { key: null }; // the layer is left out
    const key = `${layer.slug}/${stem.slug}`;
    const access = plain ? "open" : this.#access(layer.slug, stem.slug);
    const { channels } = stem;
    const file = (lossless && stem.lossless) || stem.audio;
    if (access === "silent") return { key: null };
    if (access === "preview") return { key: key + PREVIEW, file, channels, seconds: this.#previewSeconds };
    return { key, file, channels };
  }

  /** Why nothing can be heard, if that is so. */
  get silence() {
    if (this.parts().some(isAudible)) return null;
    const isChosen = this.rows.some(({ stem }) => stem);
    return new SilenceError(isChosen ? _("you hold none of its stems") : _("no stem is chosen"));
  }

  /**
   * The slug of the stem that a row plays by its key; "" for none.
   * @param {number} row @param {string | null} key null of a layer that is left out, and of a stem that the visitor may not hear
   */
  stemOf(row, key) {
    return key === null ? this.rows[row].stem : key.replace(PREVIEW, "").split("/")[1];
  }

  /**
   * The parts of all stems that a take uses, and their keys.
   * @param {Take} take @param {Quality} [quality]
   */
  takeParts({ layers }, quality = {}) {
    const stems = layers.flatMap(({ slug, stems: slugs }, row) =>
      slugs.map((stem) => ({ name: `${slug}/${stem}`, part: this.partOf(row, stem, quality) })));
    /** @type {TakeKeys} */
    const keys = Object.fromEntries(stems.map(({ name, part }) => [name, part.key]));
    return { parts: stems.map(({ part }) => part), keys };
  }

  /** Take over the state at the beginning of a take. @param {Take} take */
  beginTake({ layers, rows, master, loop, position }) {
    for (const [nth, { stem, volume, pan, mute, solo }] of rows.entries()) {
      Object.assign(this.rows[nth], { stem: layers[nth].stems[stem - 1] ?? "", volume: volume / 100, pan: pan / 1e6, mute, solo });
    }
    this.master = master / 100;
    this.#loop = loop;
    this.frame = position;
  }

  /** Take over a move of a take. @param {Take} take @param {Move} move */
  followMove({ layers }, { control, row, value, end }) {
    const settings = this.rows[row];
    switch (control) {
      case CONTROLS.stem:
      case CONTROLS.stemOnBar:
        settings.stem = layers[row].stems[value - 1] ?? "";
        break;
      case CONTROLS.mute:
        settings.mute = Boolean(value);
        break;
      case CONTROLS.solo:
        settings.solo = Boolean(value);
        break;
      case CONTROLS.volume:
        settings.volume = value / 100;
        break;
      case CONTROLS.pan:
        settings.pan = value / 1e6;
        break;
      case CONTROLS.master:
        this.master = value / 100;
        break;
      case CONTROLS.loop:
        this.#loop = end ? [value, end] : null;
    }
  }

  /** In frames. */
  get loop() {
    return this.#loop;
  }

  /** What an exported file says of the mix. @returns {Tags} */
  get tags() {
    return { ...this.song.tags, mix: mixNumber(this.rows.map((settings, row) => this.#nth(row))) };
  }

  /**
   * What an export of the stems that are heard says of them.
   * @returns {StemsOfMix}
   */
  get stems() {
    const { layers, bars, sections } = this.song;
    const stems = this.rows.flatMap(({ volume, pan, mute, solo }, position) => {
      if (!isAudible(this.part(position))) return [];
      const { name, stems: variants } = layers[position];
      const settings = { volume_db: volume, pan, mute, solo };
      return [{ layer: name, stem: variants[this.#nth(position)].name, position, settings }];
    });
    return { tags: this.tags, stems, master_db: this.master, bars: bars ?? 0, sections };
  }

  /**
   * All settings, as commands for a new deck, with these stems in the rows.
   * @param {readonly AnyPart[]} parts
   * @returns {Command[]}
   */
  commands(parts) {
    return [
      ...parts.map(({ key }, row) => /** @type {Command} */ (["place", row, key])),
      ...this.rows.map((settings, row) => this.adjustCommand(row)),
      ["master", this.master],
      this.loopCommand,
      this.locateCommand,
    ];
  }

  /**
   * @param {number} row @param {Partial<RowSettings>} [changes]
   * @returns {Command}
   */
  adjustCommand(row, changes = {}) {
    const { volume, pan, mute, solo } = Object.assign(this.rows[row], changes);
    return ["adjust", row, volume, pan, mute, solo];
  }

  /** @returns {Command} */
  get loopCommand() {
    return this.#loop ? ["loop", ...this.#loop] : ["loop"];
  }

  /** @returns {Command} */
  get locateCommand() {
    return ["locate", this.frame];
  }

  /** @param {number} row */
  #nth(row) {
    return this.song.layers[row].stems.findIndex(({ slug }) => slug === this.rows[row].stem);
  }
}

/**
 * @param {AnyPart} part
 * @returns {part is Part}
 */
export function isAudible(part) {
  return part.key !== null;
}

/** @param {readonly AnyPart[]} some @param {readonly AnyPart[]} others */
export function areSame(some, others) {
  return some.every(({ key }, row) => key === others[row].key);
}
