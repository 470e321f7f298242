// From the stems' files to their samples, with an account of what has come.
import { reasonOf } from "../base/errors.js";
import { bytesOf, MemoryCache } from "./memory.js";
import { _ } from "../language/phrases.js";

const PREVIEW_LEVEL = 0.25; // -12 dB
const PREVIEW_FADE_SECONDS = 1;

/** @typedef {{ loaded: number, total: number, waiting: string[] }} Loading bytes, and names of what is still on its way */
/** @typedef {{ key: string, file: Data.File, channels: number, seconds?: number }} Part a stem, or some seconds of it */

/** A stem that cannot be had, or not be decoded. */
export class StemError extends Error {}

/** The decoded stems of a song, each fetched once. */
export class Stems {
  #song;
  #root;
  #report;
  /** @type {MemoryCache<AudioBuffer>} */
  #buffers = new MemoryCache(({ numberOfChannels, length }) => bytesOf(numberOfChannels, length));
  /** @type {Set<Promise<ArrayBuffer>>} */
  #downloads = new Set();
  /** @type {Map<string, { loaded: number, total: number }>} */
  #parts = new Map(); // bytes, by the name of what is being loaded

  /**
   * @param {Pick<Data.Song, "rate">} song @param {string} root
   * @param {(loading: Loading) => void} report called whenever bytes have come
   */
  constructor(song, root, report) {
    this.#song = song;
    this.#root = new URL(root, document.baseURI); // now: the page's address may change
    this.#report = report;
  }

  /**
   * A stem's samples; after a failure it is fetched anew.
   * @param {Part} part
   */
  get({ key, file, seconds }) {
    return this.#buffers.get(key, () => this.#load(key, file, seconds));
  }

  /** Settles when the bytes of all that has been asked for are there, or not to be had. */
  allDownloaded() {
    return Promise.allSettled(this.#downloads);
  }

  get bytes() {
    return this.#buffers.bytes;
  }

  /**
   * Let go of what has been unused longest, down to `most` bytes; return its keys.
   * @param {number} most @param {(key: string) => boolean} isWanted
   */
  evict(most, isWanted) {
    const keys = this.#buffers.leastRecent(most, isWanted);
    this.#buffers.delete(keys);
    return keys;
  }

  /** Let go of the samples. */
  clear() {
    this.#buffers.clear();
  }

  /**
   * Something else that is loaded meanwhile, and counts.
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
      // Without a gesture, and without touching the audio hardware.
      const buffer = await new OfflineAudioContext(1, 1, this.#song.rate).decodeAudioData(bytes);
      return seconds === undefined ? buffer : cutPreview(buffer, seconds);
    } catch (error) {
      const given = { stem: key.split("/")[1], reason: reasonOf(error) };
      throw new StemError(_("the stem %(stem)s can't be played: %(reason)s", given), { cause: error });
    } finally {
      count(file.bytes);
    }
  }

  /** @param {Data.File} file @param {(loaded: number) => void} count */
  async #download(file, count) {
    const bytes = download(new URL(file.url, this.#root), count);
    this.#downloads.add(bytes);
    try {
      return await bytes;
    } finally {
      this.#downloads.delete(bytes);
    }
  }
}

/**
 * Leave some seconds of a stem, turned down, with an end that fades.
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

/** @param {URL} address @param {(loaded: number) => void} count */
async function download(address, count) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(_("%(address)s couldn't be loaded (HTTP %(status)s)", { address: address.pathname.split("/").at(-1), status: answer.status }));
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const pieces = [];
  let loaded = 0;
  if (!answer.body) return new ArrayBuffer(0);
  for (const reader = answer.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return new Blob(pieces).arrayBuffer();
    pieces.push(value);
    count((loaded += value.byteLength));
  }
}
