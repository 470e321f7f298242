// The download of a stem's file, as far as it has come.
/** @import { Download } from "./fetch-plan.js" */

/**
 * @typedef {object} StemFile
 * @property {URL} url
 * @property {number} bytes
 * @property {number} seconds
 * @property {() => number} most seconds to fetch ahead of playback
 * @property {(playhead: number) => number} arrivedUntil seconds up to which it has arrived without a gap, from a playhead on; Infinity: all that is heard
 * @property {(playhead: number) => number} offsetOf where in the file to read for a playhead, in seconds; -1: anywhere
 * @property {(offset: number, bytes: Uint8Array) => void} receive bytes of the file, from an offset on
 */

/** @implements {Download} */
export class Transfer {
  next = 0;
  isBusy = false;
  hasFailed = false;
  failures = 0; // in a row
  failedAt = 0; // the time of the first of them
  #playheads;
  abort = new AbortController();

  /** @param {string} key @param {StemFile} file @param {(key: string) => number[]} playheads in seconds */
  constructor(key, file, playheads) {
    this.key = key;
    this.file = file;
    this.#playheads = playheads;
  }

  get bytes() {
    return this.file.bytes;
  }

  get seconds() {
    return this.file.seconds;
  }

  get most() {
    return this.file.most();
  }

  get ahead() {
    return this.#aheadOf(this.playhead);
  }

  /** The place from which on the least has arrived, in seconds. */
  get playhead() {
    return this.#playheads(this.key).reduce((least, other) => (this.#aheadOf(other) < this.#aheadOf(least) ? other : least));
  }

  /** @param {number} playhead */
  #aheadOf(playhead) {
    return this.file.arrivedUntil(playhead) - playhead;
  }
}
