// Stem changes that are known beforehand: each stem is loaded some time before its frame, and waits for it in the decks.
/** @import { AnyPart, MixSettings } from "./mix-settings.js" */
import { isAudible } from "./mix-settings.js";

const LOAD_SECONDS = 8; // before a change, its stem is loaded
const PLACE_SECONDS = 1; // before it, the decks are told of it
const CALM_SECONDS = 3; // without a change: Python can take over

/** @typedef {{ frame: number, row: number, stem: string }} StemChange at a frame of the song */

export class ScheduledChanges {
  #settings;
  /** @type {readonly StemChange[]} */
  #changes = []; // in the order of their frames
  /** @type {Set<StemChange>} */
  #loaded = new Set(); // or being loaded
  /** @type {Map<number, { key: string | null, frame: number }>} */
  #leaving = new Map(); // stems by row that are heard until a frame

  /** @param {MixSettings} settings */
  constructor(settings) {
    this.#settings = settings;
  }

  /** @param {readonly StemChange[]} changes instead of all that have not been made */
  set(changes) {
    this.#changes = [...changes].sort((one, other) => one.frame - other.frame);
    this.#loaded.clear();
  }

  /**
   * The parts to load now.
   * @returns {AnyPart[]}
   */
  load() {
    const next = this.#within(LOAD_SECONDS).filter((change) => !this.#loaded.has(change));
    for (const change of next) this.#loaded.add(change);
    return next.map(({ row, stem }) => this.#settings.partOf(row, stem)).filter(isAudible);
  }

  /** Choose the stems that are due soon; returns their changes. */
  choose() {
    const due = this.#within(PLACE_SECONDS);
    this.#changes = this.#changes.slice(due.length);
    for (const { row, stem, frame } of due) {
      this.#leaving.set(row, { key: this.#settings.part(row).key, frame });
      this.#settings.rows[row].stem = stem;
    }
    return due;
  }

  /** Whether a stem is heard still, or will be soon. @param {string | null} key */
  needs(key) {
    const { frame: now } = this.#settings;
    if ([...this.#leaving.values()].some((left) => left.key === key && left.frame > now)) return true;
    return this.#within(LOAD_SECONDS).some(({ row, stem }) => this.#settings.partOf(row, stem).key === key);
  }

  /** The frame that a row's stem waits for; undefined if it does not. @param {number} row */
  dueOf(row) {
    const frame = this.#leaving.get(row)?.frame ?? -1;
    return frame > this.#settings.frame ? frame : undefined;
  }

  /** Whether no change waits, nor will soon. */
  get isCalm() {
    const { frame: now } = this.#settings;
    return !this.#within(CALM_SECONDS).length && ![...this.#leaving.values()].some(({ frame }) => frame > now);
  }

  /** Changes that come within so many seconds, or should have. @param {number} seconds */
  #within(seconds) {
    const { frame, song } = this.#settings;
    return this.#changes.filter((change) => change.frame <= frame + seconds * song.rate);
  }
}
