// Streamed stems as Python reads them: the stream worker decodes their chunks, some ahead of those that are read.

const AHEAD_CHUNKS = { playback: 8, offline: 20 }; // an offline render reads several chunks at a time
const MOST_CHUNKS = { playback: 12, offline: 30 }; // of a stem that are kept

/** @typedef {"playback" | "offline"} Purpose each reads at a place of its own */
/** @typedef {{ key: string, chunk: number }} Place of a chunk */
/** @typedef {(places: Place[], purpose: Purpose) => void} Ask requests chunks from the stream worker */

/** Chunks for one purpose. */
class Chunks {
  /** @type {Map<number, Float32Array>} */
  arrived = new Map();
  /** @type {Set<number>} */
  asked = new Set();
}

/** One stem. */
class RemoteStem {
  hasFailed = false;
  playback = new Chunks();
  offline = new Chunks();

  /** @param {number} chunks in all */
  constructor(chunks) {
    this.chunks = chunks;
  }
}

export class RemoteStems {
  /** @type {Map<string, RemoteStem>} */
  #stems = new Map();
  #chunkFrames;
  #ask;
  /** @type {Record<Purpose, Set<string>>} */
  #used = { playback: new Set(), offline: new Set() };
  #last = { playback: 0, offline: 0 }; // the first chunk that was asked for last

  /** @param {number} chunkFrames @param {Ask} ask */
  constructor(chunkFrames, ask) {
    this.#chunkFrames = chunkFrames;
    this.#ask = ask;
  }

  /** @param {string} key @param {number} frames */
  add(key, frames) {
    this.#stems.set(key, new RemoteStem(Math.ceil(frames / this.#chunkFrames)));
  }

  /** @param {string} key */
  has(key) {
    return this.#stems.has(key);
  }

  /** @param {string} key */
  delete(key) {
    this.#stems.delete(key);
  }

  /**
   * Make a stem silent that could not be loaded.
   * @param {string} key
   */
  fail(key) {
    const stem = this.#stems.get(key);
    if (stem) stem.hasFailed = true;
  }

  /**
   * The stems that are read together: where one needs a chunk, the others will.
   * @param {Purpose} purpose @param {Iterable<string>} keys
   */
  use(purpose, keys) {
    this.#used[purpose] = new Set(keys);
  }

  /**
   * Take a chunk that was asked for.
   * @param {string} key @param {number} chunk @param {Purpose} purpose @param {Float32Array} samples one channel after the other
   */
  receive(key, chunk, purpose, samples) {
    const chunks = this.#stems.get(key)?.[purpose];
    if (!chunks) return;
    chunks.asked.delete(chunk);
    chunks.arrived.set(chunk, samples);
    const [oldest] = chunks.arrived.keys();
    if (chunks.arrived.size > MOST_CHUNKS[purpose]) chunks.arrived.delete(oldest);
  }

  /**
   * Write a chunk and return true; return false if it has not arrived.
   * @param {string} key @param {number} chunk @param {Float32Array} target @param {Purpose} purpose
   */
  fill(key, chunk, target, purpose) {
    const stem = this.#stems.get(key);
    if (!stem || stem.hasFailed || chunk >= stem.chunks) {
      target.fill(0);
      return true;
    }
    const { arrived } = stem[purpose];
    const samples = arrived.get(chunk);
    if (samples) target.set(samples);
    this.#used[purpose].add(key);
    this.#askFrom(samples ? chunk + 1 : chunk, purpose);
    return samples !== undefined;
  }

  /**
   * Whether chunks `first` to `last` of all stems that are read together have arrived; asks for those that have not.
   * @param {number} first @param {number} last @param {Purpose} purpose
   */
  have(first, last, purpose) {
    this.#askFrom(first, purpose);
    return [...this.#used[purpose]].every((key) => {
      const stem = this.#stems.get(key);
      if (!stem || stem.hasFailed) return true;
      for (let chunk = first; chunk <= Math.min(last, stem.chunks - 1); chunk++) if (!stem[purpose].arrived.has(chunk)) return false;
      return true;
    });
  }

  /** The chunk that was read or asked for last. @param {Purpose} purpose */
  awaited(purpose) {
    return this.#last[purpose];
  }

  /** @param {number} first @param {Purpose} purpose */
  #askFrom(first, purpose) {
    const hasJumped = Math.abs(first - this.#last[purpose]) > AHEAD_CHUNKS[purpose];
    this.#last[purpose] = first;
    const stems = [...this.#used[purpose]].flatMap((key) => {
      const stem = this.#stems.get(key);
      return stem && !stem.hasFailed ? [{ key, end: stem.chunks, ...stem[purpose] }] : [];
    });
    if (hasJumped) for (const { asked } of stems) asked.clear(); // the stream worker has dropped them
    const places = [];
    for (let chunk = first; chunk < first + AHEAD_CHUNKS[purpose]; chunk++) {
      for (const { key, end, arrived, asked } of stems) {
        if (chunk >= end || asked.has(chunk) || arrived.has(chunk)) continue;
        asked.add(chunk);
        places.push({ key, chunk });
      }
    }
    if (places.length) this.#ask(places, purpose);
  }
}
