// Which stems the decks play, and their replacement by others: the old one is heard until the new one can be.
/** @import { AnyPart, MixSettings } from "./mix-settings.js" */
/** @import { Decks } from "./decks.js" */
/** @import { StemSupply } from "./stem-supply.js" */
/** @import { Part } from "./stems.js" */
import { areSame, isAudible } from "./mix-settings.js";

/** @typedef {{ row: number, stem: string, kept: string, reason: unknown }} FailedSwap kept: the row's stem from now on */
/** @typedef {{ part: AnyPart, stem: string }} Placed with the stem's slug */

export class StemSwaps {
  #settings;
  #decks;
  #supply;
  /** @type {Placed[] | null} */
  #placed = null; // in the decks that are set up; null: none is
  /** @type {(string | null | undefined)[]} */
  #requested = []; // keys that are placed, or are being loaded
  /** @type {AbortController[]} */
  #lives = []; // of the rows' swaps
  /** @type {Map<number, Set<string | null>>} */
  #leaving = new Map(); // keys by row that may be heard until a bar line
  /** @type {readonly number[]} */
  #waiting = []; // rows whose stems change later
  #onChange = () => {};
  /** @type {Promise<boolean>} */
  #changed = Promise.resolve(false);

  /** @param {MixSettings} settings @param {Decks} decks @param {StemSupply} supply */
  constructor(settings, decks, supply) {
    this.#settings = settings;
    this.#decks = decks;
    this.#supply = supply;
    this.noteChange();
  }

  /** What a deck that is set up now has to play. */
  get wanted() {
    return this.#placed?.map(({ part }) => part) ?? this.#settings.parts();
  }

  /** The chosen stems are loaded for a deck that is not set up. */
  restart() {
    for (const life of this.#lives) life?.abort();
    this.#placed = null;
    this.#requested = this.#settings.parts().map(({ key }) => key);
    this.noteChange();
  }

  /** The first deck to be set up plays these stems. @param {AnyPart[]} parts */
  begin(parts) {
    this.#placed ??= parts.map((part, row) => ({ part, stem: this.#settings.rows[row].stem }));
    this.noteChange();
  }

  /** No deck is open. */
  close() {
    this.restart();
    this.#requested = [];
  }

  /** The decks play the chosen stems already: a take has placed them. */
  assume() {
    for (const life of this.#lives) life?.abort();
    const parts = this.#settings.parts();
    if (this.#placed) this.#placed = parts.map((part, row) => ({ part, stem: this.#settings.rows[row].stem }));
    this.#requested = parts.map(({ key }) => key);
  }

  /** Whether a stem is heard until a bar line comes. @param {string | null} key */
  isLeaving(key) {
    return this.#waiting.some((row) => this.#leaving.get(row)?.has(key));
  }

  /** A deck says which rows' stems change later. @param {readonly number[]} waiting */
  follow(waiting) {
    for (const row of this.#waiting) if (!waiting.includes(row)) this.#leaving.delete(row);
    this.#waiting = waiting;
  }

  /** Whether a row's chosen stem is placed already, or is being loaded. @param {number} row */
  isRequested(row) {
    const { key } = this.#settings.part(row);
    return this.#requested[row] === key && !this.#supply.hasFailed(key);
  }

  /**
   * Let a row's chosen stem be heard as soon as it can be; resolves to what failed, if it did.
   * @param {number} row @param {boolean} isPlaying @param {() => "bar" | number | undefined} dueOf what it waits for once it is loaded
   * @returns {Promise<FailedSwap | null>}
   */
  async swap(row, isPlaying, dueOf) {
    this.#lives[row]?.abort();
    const life = new AbortController();
    this.#lives[row] = life;
    const part = this.#settings.part(row);
    const { stem } = this.#settings.rows[row];
    this.#requested[row] = part.key;
    if (this.#isPlaced(row, part)) return null;
    try {
      if (isAudible(part)) await this.#load(part, isPlaying, life.signal);
      if (!life.signal.aborted) this.#place(row, { part, stem }, dueOf());
      return null;
    } catch (reason) {
      return life.signal.aborted ? null : this.#keep(row, stem, reason);
    }
  }

  /**
   * Load what is wanted, and anew whenever that changes meanwhile; resolves to it.
   * @param {(parts: AnyPart[]) => Promise<unknown>} load @param {AbortSignal} signal
   */
  async loadWanted(load, signal) {
    for (;;) {
      signal.throwIfAborted();
      const parts = this.wanted;
      const isLoaded = load(parts).then(() => true, (error) => {
        if (areSame(parts, this.wanted)) throw error;
      });
      if ((await Promise.race([isLoaded, this.#changed])) && areSame(parts, this.wanted)) return parts;
    }
  }

  /** Another stem is wanted: what waits for the old one waits no longer. */
  noteChange() {
    this.#onChange();
    this.#changed = new Promise((resolve) => {
      this.#onChange = () => resolve(false);
    });
  }

  /** @param {Part} part @param {boolean} isPlaying @param {AbortSignal} signal */
  async #load(part, isPlaying, signal) {
    for (let before = ""; before !== this.#openDecks && !signal.aborted; ) {
      before = this.#openDecks;
      await this.#supply.add(part, isPlaying);
    }
  }

  /** @param {number} row @param {AnyPart} part */
  #isPlaced(row, { key }) {
    return this.#placed?.[row].part.key === key && !this.#supply.hasFailed(key);
  }

  /** Another deck may have been set up while a stem was loaded. */
  get #openDecks() {
    return `${this.#decks.isSetUp("first")} ${this.#decks.isSetUp("python")}`;
  }

  /** @param {number} row @param {Placed} placed @param {"bar" | number} [due] */
  #place(row, placed, due) {
    if (this.#placed) {
      if (due === "bar") this.#leaving.set(row, new Set(this.#leaving.get(row)).add(this.#placed[row].part.key));
      this.#placed[row] = placed;
    }
    this.#supply.tidySoon();
    const { key } = placed.part;
    this.#decks.apply(due === undefined ? ["place", row, key] : ["place", row, key, due]);
    this.noteChange();
  }

  /**
   * The row keeps the stem that is heard.
   * @param {number} row @param {string} stem @param {unknown} reason
   * @returns {FailedSwap}
   */
  #keep(row, stem, reason) {
    const kept = this.#placed?.[row];
    this.#requested[row] = kept?.part.key;
    this.#settings.rows[row].stem = kept?.stem ?? stem;
    return { row, stem, kept: kept?.stem ?? stem, reason };
  }
}
