// What stems take up, and how much of it there may be.
import { _ } from "../language/phrases.js";
import { formatMegabytes } from "../language/units.js";

const SHARE = 1 / 8; // of the device's memory
const MOST_GIGABYTES = 8; // browsers tell no more than this
const TOUCH_GIGABYTES = 4; // what a phone that does not tell is taken to have
const GIGABYTE = 1e9;
const BYTES = 4; // of a decoded sample

/** Bytes that the decoded stems of a mix may take. */
export const BUDGET = GIGABYTE * SHARE * Math.min(deviceGigabytes(), MOST_GIGABYTES);

/** A mix that does not fit in memory. */
export class MemoryBudgetError extends Error {}

/** @param {number} channels @param {number} frames */
export function bytesOf(channels, frames) {
  return BYTES * channels * frames;
}

/**
 * Refuse what does not fit, before any of it is there.
 * @param {number} bytes
 */
export function checkBudget(bytes) {
  if (bytes <= BUDGET) return;
  throw new MemoryBudgetError(
    _("its stems need %(size)s MB of memory, and this device allows %(most)s MB", {
      size: formatMegabytes(bytes), most: formatMegabytes(BUDGET),
    }),
  );
}

/**
 * Promises of things that take up memory, by key, in the order of their last use.
 * @template T
 */
export class MemoryCache {
  bytes = 0;
  #sizeOf;
  /** @type {Map<string, { promise: Promise<T>, bytes: number }>} */
  #entries = new Map(); // bytes: 0 until it is there

  /** @param {(thing: T) => number} size how many bytes a thing takes */
  constructor(size) {
    this.#sizeOf = size;
  }

  /**
   * What is kept by a key; `make` makes it where there is none, and anew after a failure.
   * @param {string} key @param {() => Promise<T>} make
   */
  get(key, make) {
    const entry = this.#entries.get(key) ?? this.#add(key, make());
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.promise;
  }

  /** @param {Iterable<string>} keys */
  delete(keys) {
    for (const key of keys) {
      this.bytes -= this.#entries.get(key)?.bytes ?? 0;
      this.#entries.delete(key);
    }
  }

  clear() {
    this.delete([...this.#entries.keys()]);
  }

  /**
   * Name what has been unused longest, until what is left takes no more than `most` bytes.
   * @param {number} most @param {(key: string) => boolean} isWanted
   */
  leastRecent(most, isWanted) {
    let left = this.bytes;
    const keys = [];
    for (const [key, { bytes }] of this.#entries) {
      if (left <= most) break;
      if (!bytes || isWanted(key)) continue;
      left -= bytes;
      keys.push(key);
    }
    return keys;
  }

  /** @param {string} key @param {Promise<T>} promise */
  #add(key, promise) {
    const entry = { promise, bytes: 0 };
    const isCurrent = () => this.#entries.get(key) === entry;
    promise.then(
      (thing) => {
        if (isCurrent()) this.bytes += entry.bytes = this.#sizeOf(thing);
      },
      () => {
        if (isCurrent()) this.#entries.delete(key);
      },
    );
    return entry;
  }
}

function deviceGigabytes() {
  return navigator.deviceMemory ?? (matchMedia("(pointer: coarse)").matches ? TOUCH_GIGABYTES : MOST_GIGABYTES);
}
