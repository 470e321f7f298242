// Downloads and decodes stems, and reports the progress.
import { checkAnswer } from "../base/answers.js";
import { reasonOf } from "../base/errors.js";
import { bytesOf, MemoryCache } from "./memory.js";
import { _ } from "../language/phrases.js";

const PREVIEW_LEVEL = 0.25; // -12 dB
const PREVIEW_FADE_SECONDS = 1;

/** @typedef {{ loaded: number, total: number, waiting: string[] }} Loading bytes, and names of pending downloads */
/** @typedef {{ key: string, file: Data.File, channels: number, seconds?: number }} Part a stem, or its first seconds */

/** A stem could not be downloaded or decoded. */
export class StemError extends Error {
  /** @param {string} message @param {{ cause?: unknown, key?: string }} [options] key: the stem's, if it is known */
  constructor(message, { key = "", ...options } = {}) {
    super(message, options);
    this.key = key;
  }
}

/** The decoded stems of a song. */
export class Stems {
  #song;
  #root;
  #report;
  /** @type {MemoryCache<AudioBuffer>} */
  #buffers = new MemoryCache(({ numberOfChannels, length }) => bytesOf(numberOfChannels, length));
  /** @type {Set<Promise<ArrayBuffer>>} */
  #downloads = new Set();
  /** @type {Map<string, { loaded: number, total: number }>} */
  #parts = new Map(); // in bytes, by name

  /**
   * @param {Pick<Data.Song, "rate">} song @param {string} root
   * @param {(loading: Loading) => void} report called whenever bytes have arrived
   */
  constructor(song, root, report) {
    this.#song = song;
    this.#root = new URL(root, document.baseURI); // resolved now, since the page's URL may change
    this.#report = report;
  }

  /**
   * A stem's samples, loaded on first use and again after a failure.
   * @param {Part} part
   */
  get({ key, file, seconds }) {
    return this.#buffers.get(key, () => this.#load(key, file, seconds));
  }

  /** Resolves when all requested downloads have ended. */
  allDownloaded() {
    return Promise.allSettled(this.#downloads);
  }

  get bytes() {
    return this.#buffers.bytes;
  }

  /**
   * Evict stems, least recently used first, down to `most` bytes; returns their keys.
   * @param {number} most @param {(key: string) => boolean} isWanted
   */
  evict(most, isWanted) {
    const keys = this.#buffers.leastRecent(most, isWanted);
    this.#buffers.delete(keys);
    return keys;
  }

  /** Release all samples. */
  clear() {
    this.#buffers.clear();
  }

  /**
   * Include another download in the progress.
   * @param {string} part @param {number} loaded @param {number} total
   */
  reportProgress(part, loaded, total) {
    this.#parts.set(part, { loaded, total });
    /** @param {"loaded" | "total"} field */
    const sum = (field) => [...this.#parts.values()].reduce((bytes, counts) => bytes + counts[field], 0);
    const waiting = [...this.#parts].filter(([, counts]) => counts.loaded < counts.total);
    this.#report({ loaded: sum("loaded"), total: sum("total"), waiting: waiting.map(([name]) => name) });
  }

  /** @param {string} key @param {Data.File} file @param {number} [seconds] */
  async #load(key, file, seconds) {
    /** @param {number} loaded */
    const count = (loaded) => this.reportProgress(key, Math.min(loaded, file.bytes), file.bytes);
    count(0);
    try {
      const bytes = await this.#download(file, count);
      // An offline context needs neither a user gesture nor the audio hardware.
      const buffer = await new OfflineAudioContext(1, 1, this.#song.rate).decodeAudioData(bytes);
      return seconds === undefined ? buffer : cutPreview(buffer, seconds);
    } catch (error) {
      const given = { stem: key.split("/")[1], reason: reasonOf(error) };
      throw new StemError(_("the stem %(stem)s cannot be played: %(reason)s", given), { cause: error, key });
    } finally {
      count(file.bytes);
    }
  }

  /** @param {Data.File} file @param {(loaded: number) => void} count */
  async #download(file, count) {
    const bytes = download(new URL(file.url, this.#root), file.bytes, count);
    this.#downloads.add(bytes);
    try {
      return await bytes;
    } finally {
      this.#downloads.delete(bytes);
    }
  }
}

/**
 * Reduce a stem to a preview: its first seconds, quieter, with a fade-out.
 * @param {AudioBuffer} buffer @param {number} seconds
 */
function cutPreview(buffer, seconds) {
  const end = Math.min(buffer.length, Math.round(seconds * buffer.sampleRate));
  const fade = Math.min(end, Math.round(PREVIEW_FADE_SECONDS * buffer.sampleRate));
  for (let channel = 0; channel < buffer.numberOfChannels; channel++) {
    const samples = buffer.getChannelData(channel);
    samples.fill(0, end);
    for (let frame = 0; frame < end; frame++) samples[frame] *= PREVIEW_LEVEL * Math.min(1, (end - frame) / fade);
  }
  return buffer;
}

/** @param {URL} address @param {number} size in bytes @param {(loaded: number) => void} count */
async function download(address, size, count) {
  const answer = await fetch(address);
  checkAnswer(answer, address.pathname.split("/").at(-1) ?? "");
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const pieces = [];
  let loaded = 0;
  const reader = answer.body?.getReader();
  for (let read = await reader?.read(); read?.value; read = await reader?.read()) {
    pieces.push(read.value);
    count((loaded += read.value.byteLength));
  }
  if (loaded < size) throw new Error(_("the file is incomplete")); // hosts that cut files off call them whole
  return new Blob(pieces).arrayBuffer();
}
