// Random examples for tests, which can be repeated: a failure names the seed, and RANDOM_SEED takes it.

const NIGHTLY_MS = 30_000;

/** Random numbers from a seed (mulberry32). */
export class Random {
  #state;

  /** @param {number} seed */
  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to 1. */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number below `most`. @param {number} most */
  below(most) {
    return Math.floor(this.next() * most);
  }

  /** @template T @param {readonly T[]} choices */
  pick(choices) {
    return choices[this.below(choices.length)];
  }

  /** @template T @param {number} most @param {() => T} make */
  list(most, make) {
    return Array.from({ length: this.below(most + 1) }, make);
  }

  /** Any text, or one of `words`. @param {readonly string[]} [words] */
  text(words = []) {
    if (words.length && this.below(3)) return this.pick(words);
    return String.fromCodePoint(...this.list(8, () => this.pick([this.below(128), 0x5d0 + this.below(30), 0x1f300, 0x202e, 0xd800])));
  }

  /** Whatever JSON can hold. @param {readonly string[]} [words] for keys and texts @returns {unknown} */
  json(words = [], depth = 3) {
    /** @type {unknown[]} */
    const kinds = [null, true, false, () => this.pick([0, 1, -1, 0.5, 1e308, -0, 2 ** 53, this.below(1000)]), () => this.text(words)];
    if (depth) {
      kinds.push(() => this.list(4, () => this.json(words, depth - 1)));
      kinds.push(() => Object.fromEntries(this.list(4, () => [this.text(words), this.json(words, depth - 1)])));
    }
    const kind = this.pick(kinds);
    return typeof kind === "function" ? kind() : kind;
  }

  /** A text after some edits. @param {string} text @param {readonly string[]} [words] */
  edited(text, words = []) {
    let result = text;
    for (let edits = this.below(4); edits > 0; edits--) {
      const [from, length] = [this.below(result.length + 1), this.below(6)];
      result = result.slice(0, from) + this.text(words) + result.slice(from + length);
    }
    return result;
  }

  /** Bytes after some edits. @param {Uint8Array} bytes */
  damaged(bytes) {
    const result = [...bytes];
    for (let edits = 1 + this.below(3); edits > 0; edits--) {
      const place = this.below(this.below(2) ? result.length : Math.min(result.length, 64));
      result.splice(place, this.below(4), ...this.list(4, () => this.pick([0, 255, this.below(256)])));
    }
    return Uint8Array.from(result.slice(0, this.below(4) ? result.length : this.below(result.length)));
  }
}

/**
 * Call a check with random numbers, some times, or for half a minute at night.
 * @param {(random: Random) => void} check @param {number} [times]
 */
export function fuzz(check, times = 500) {
  const start = performance.now();
  const given = process.env.RANDOM_SEED;
  for (let nth = 0; nth < times || (process.env.STEMPRESS_NIGHTLY && performance.now() - start < NIGHTLY_MS); nth++) {
    const seed = given ? Number(given) : Math.floor(Math.random() * 2 ** 32);
    try {
      check(new Random(seed));
    } catch (error) {
      throw new Error(`RANDOM_SEED=${seed}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
    if (given) return;
  }
}
