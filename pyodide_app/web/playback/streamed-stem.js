// A stem in the stream worker: the bytes of its file, and readers that decode them.
/** @import { Codec } from "../codecs/codec.js" */
/** @import { StemSource } from "../streaming/stem-source.js" */
import { ChunkReader, SilentStem, NotArrived, PreviewStem } from "../streaming/stem-source.js";

const REMOTE_CHUNKS = 2; // kept for Python, which keeps those that it has read

/**
 * @typedef {object} StemMessage
 * @property {string} key
 * @property {number} frames
 * @property {number} channels
 * @property {number} [previewSeconds] only the first seconds are heard
 * @property {string} url of its file
 * @property {number} bytes of that file
 * @property {number[]} starts where to read it, every START_SECONDS; may be empty
 */
/** @typedef {"browser" | "python" | "offline"} Purpose each reads at a place of its own */

export class StreamedStem {
  /** @type {Error | null} */
  failure = null;
  pythonBytes = 0; // that it takes in Python
  #file;
  /** @type {Map<Purpose, ChunkReader>} */
  #readers = new Map();
  /** @type {() => StemSource} */
  #open;
  /** @type {((bytes: Uint8Array) => void) | null} */
  #receive = null;
  #end = -1; // the offset at which the last bytes ended

  /** @param {StemMessage} message @param {number} rate @param {Codec} codec @param {() => void} onDamage */
  constructor({ key, frames, channels, previewSeconds, bytes }, rate, codec, onDamage) {
    this.key = key;
    this.channels = channels;
    this.frames = previewSeconds === undefined ? frames : Math.min(frames, Math.round(previewSeconds * rate));
    this.bytesPerSecond = (bytes * rate) / frames;
    this.preRollSeconds = codec.preRollSeconds;
    const { file, read } = codec.open({ channels, rate, frames, bytes });
    file.onDamage = onDamage;
    this.#file = file;
    this.#open = previewSeconds === undefined ? read : () => new PreviewStem(read(), previewSeconds, rate);
  }

  /** Whether the beginning of the file has arrived, which says how to decode the rest. */
  get hasHead() {
    return this.#file.hasHead;
  }

  /** Compressed bytes that have arrived. */
  get fetched() {
    return this.#file.bytes;
  }

  /** Bytes of decoded samples, here and in Python. */
  get bytes() {
    return [...this.#readers.values()].reduce((sum, reader) => sum + reader.bytes, this.pythonBytes);
  }

  /** @param {Purpose} purpose */
  reader(purpose) {
    const reader = this.#readers.get(purpose) ?? new ChunkReader(this.#open(), purpose === "browser" ? undefined : REMOTE_CHUNKS);
    this.#readers.set(purpose, reader);
    return reader;
  }

  /** @param {number} offset in the file @param {Uint8Array} bytes */
  receive(offset, bytes) {
    if (offset !== this.#end || !this.#receive) this.#receive = this.#file.receiver(offset);
    this.#receive(bytes);
    this.#end = offset + bytes.length;
  }

  /**
   * The first frame from `frame` on that cannot be heard yet.
   * @param {number} frame
   */
  arrivedUntil(frame) {
    if (this.failure) return this.frames;
    const { source } = this.reader("browser");
    const until = source.arrivedUntil(source.preRoll(frame));
    return until >= this.frames ? this.frames : Math.max(frame, until);
  }

  /**
   * A part of the song, one channel after the other; null if it has not arrived.
   * @param {number} frame @param {number} count @param {Purpose} purpose
   */
  read(frame, count, purpose) {
    const samples = new Float32Array(this.channels * count);
    const size = Math.min(count, this.frames - frame);
    if (this.failure || size <= 0) return samples;
    try {
      const reader = this.reader(purpose);
      for (let channel = 0; channel < this.channels; channel++) {
        reader.read(channel, frame, samples.subarray(channel * count, channel * count + size));
      }
    } catch (error) {
      if (error instanceof NotArrived) return null;
      throw error;
    }
    return samples;
  }

  /** Make the stem silent. @param {Error} error */
  fail(error) {
    this.failure = error;
    const reader = this.reader("browser");
    reader.source.close();
    reader.source = new SilentStem(this.channels);
    reader.clear();
  }

  /**
   * Forget compressed bytes that lie outside of all ranges.
   * @param {(readonly [from: number, to: number])[]} ranges of frames
   */
  keepOnly(ranges) {
    this.#file.keepOnly(ranges);
  }

  /** Release decoded samples that the browser's mixer has kept. */
  releaseSamples() {
    this.#readers.get("browser")?.clear();
  }

  close() {
    for (const { source } of this.#readers.values()) source.close();
  }
}
