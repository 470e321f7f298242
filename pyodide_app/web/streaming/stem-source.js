// What is heard of a stem, chunk by chunk: all of it, a preview, or nothing.

/**
 * @typedef {object} StemSource
 * @property {number} channels
 * @property {number} frames of the stem
 * @property {number} preSkip frames of the first chunk before the stem begins
 * @property {number} chunkFrames
 * @property {(nth: number) => boolean} has whether chunk `nth` can be decoded
 * @property {(nth: number) => Float32Array<ArrayBuffer>[]} decode planar samples of chunk `nth`, `chunkFrames` each
 * @property {(frame: number) => number} arrivedUntil the first frame of the song from `frame` on that has not arrived
 * @property {(frame: number) => number} preRoll where to begin to fetch for what sounds at `frame`
 * @property {() => void} close
 */

/** Samples that have not arrived yet: playback waits for them. */
export class NotArrived extends Error {}

const PREVIEW_LEVEL = 0.25; // -12 dB
const PREVIEW_FADE_SECONDS = 1;
const WINDOW_CHUNKS = 20; // decoded chunks of a stem that are kept

/**
 * A stem that could not be loaded.
 * @implements {StemSource}
 */
export class SilentStem {
  frames = 0;
  preSkip = 0;
  chunkFrames = 9600;

  /** @param {number} channels */
  constructor(channels) {
    this.channels = channels;
  }

  has() {
    return true;
  }

  arrivedUntil() {
    return 0;
  }

  /** @param {number} frame */
  preRoll(frame) {
    return frame;
  }

  decode() {
    return Array.from({ length: this.channels }, () => new Float32Array(this.chunkFrames));
  }

  close() {}
}

/**
 * The first seconds of a stem, turned down, with an end that fades.
 * @implements {StemSource}
 */
export class PreviewStem {
  #stem;
  #fadeFrames;

  /** @param {StemSource} stem @param {number} seconds @param {number} rate */
  constructor(stem, seconds, rate) {
    this.#stem = stem;
    this.channels = stem.channels;
    this.chunkFrames = stem.chunkFrames;
    this.frames = Math.min(stem.frames, Math.round(seconds * rate));
    this.#fadeFrames = Math.min(this.frames, Math.round(PREVIEW_FADE_SECONDS * rate));
  }

  get preSkip() {
    return this.#stem.preSkip;
  }

  /** @param {number} nth */
  has(nth) {
    return this.#stem.has(nth);
  }

  /** @param {number} frame */
  arrivedUntil(frame) {
    const until = this.#stem.arrivedUntil(frame);
    return until >= this.frames ? this.frames : until;
  }

  /** @param {number} frame */
  preRoll(frame) {
    return this.#stem.preRoll(frame);
  }

  /** @param {number} nth */
  decode(nth) {
    const channels = this.#stem.decode(nth);
    const first = nth * this.chunkFrames - this.preSkip;
    for (const samples of channels) {
      for (let index = 0; index < samples.length; index++) {
        const left = this.frames - first - index;
        samples[index] *= left <= 0 ? 0 : PREVIEW_LEVEL * Math.min(1, left / this.#fadeFrames);
      }
    }
    return channels;
  }

  close() {
    this.#stem.close();
  }
}

/** A stem as the block mixer reads it: frames of the song, decoded a chunk at a time, the latest chunks kept. */
export class ChunkReader {
  /** @type {Map<number, Float32Array[]>} */
  #window = new Map(); // in the order of their last use

  #most;

  /** @param {StemSource} source @param {number} [most] decoded chunks that are kept */
  constructor(source, most = WINDOW_CHUNKS) {
    this.source = source;
    this.#most = most;
  }

  get channels() {
    return this.source.channels;
  }

  get frames() {
    return this.source.frames;
  }

  /** Bytes of decoded chunks. */
  get bytes() {
    return this.#window.size * this.channels * this.source.chunkFrames * Float32Array.BYTES_PER_ELEMENT;
  }

  /**
   * Fill `target` with one channel, from a frame of the song on.
   * @param {number} channel @param {number} songFrame @param {Float32Array} target
   */
  read(channel, songFrame, target) {
    const { chunkFrames, preSkip } = this.source;
    for (let done = 0; done < target.length; ) {
      const frame = songFrame + preSkip + done;
      const nth = Math.floor(frame / chunkFrames);
      const offset = frame - nth * chunkFrames;
      const size = Math.min(target.length - done, chunkFrames - offset);
      target.set(this.chunk(nth)[channel].subarray(offset, offset + size), done);
      done += size;
    }
  }

  /** @param {number} nth */
  chunk(nth) {
    let chunk = this.#window.get(nth);
    if (chunk) {
      this.#window.delete(nth);
    } else {
      if (!this.source.has(nth)) throw new NotArrived();
      chunk = this.source.decode(nth);
      const [oldest] = this.#window.keys();
      if (this.#window.size === this.#most) this.#window.delete(oldest);
    }
    this.#window.set(nth, chunk);
    return chunk;
  }

  /** Release the decoded chunks. */
  clear() {
    this.#window.clear();
  }
}
