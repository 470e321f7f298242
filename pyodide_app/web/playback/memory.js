// The memory budget for decoded stems, and a cache that keeps to it.
import { _ } from "../language/phrases.js";
import { formatMegabytes } from "../language/units.js";

const SHARE = 1 / 8; // of the device's memory
const MOST_GIGABYTES = 8; // browsers report no more than this
const TOUCH_GIGABYTES = 4; // assumed for phones that do not report it
const GIGABYTE = 1e9;
const BYTES = 4; // of a decoded sample

/** Bytes for the decoded stems of a mix. */
export const BUDGET = GIGABYTE * SHARE * Math.min(deviceGigabytes(), MOST_GIGABYTES);

/** The mix does not fit in the memory budget. */
export class MemoryBudgetError extends Error {}

/** @param {number} channels @param {number} frames */
export function bytesOf(channels, frames) {
  return BYTES * channels * frames;
}

/**
 * Throw if something will not fit in the budget.
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
 * Promises of things that take memory, by key, least recently used first.
 * @template T
 */
export class MemoryCache {
  bytes = 0;
  #sizeOf;
  /** @type {Map<string, { promise: Promise<T>, bytes: number }>} */
  #entries = new Map(); // bytes: 0 until the promise has resolved

  /** @param {(thing: T) => number} size of a thing, in bytes */
  constructor(size) {
    this.#sizeOf = size;
  }

  /**
   * The thing with a key; `make` creates it if there is none, or if it failed.
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
   * The keys to delete, least recently used first, to get down to `most` bytes.
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
