// From the stems' files to their samples, with an account of what has come.
import { bytesOf, Shelf } from "./memory.js";
import { _ } from "./phrases.js";

const PREVIEW_LEVEL = 0.25; // -12 dB
const PREVIEW_FADE_SECONDS = 1;

/** @typedef {{ key: string, file: Data.File, channels: number, seconds?: number }} Part a stem, or some seconds of it */

/** A stem that cannot be had, or not be decoded. */
export class StemError extends Error {}

/** The decoded stems of a song, each fetched once. */
export class Stems {
  #song;
  #root;
  #tell;
  #buffers = new Shelf(({ numberOfChannels, length }) => bytesOf(numberOfChannels, length));
  #downloads = new Set(); // promises of bytes that are on their way
  #parts = new Map(); // what is being loaded -> {loaded, total} bytes

  /** `tell` hears {loaded, total, waiting} whenever bytes have come. */
  constructor(song, root, tell) {
    this.#song = song;
    this.#root = new URL(root, document.baseURI); // now: the page's address may change
    this.#tell = tell;
  }

  /** Return a promise of a stem's AudioBuffer; after a failure it is fetched anew. */
  get({ key, file, seconds }) {
    return this.#buffers.get(key, () => this.#load(key, file, seconds));
  }

  /** Settles when the bytes of all that has been asked for are there, or not to be had. */
  arrived() {
    return Promise.allSettled(this.#downloads);
  }

  get bytes() {
    return this.#buffers.bytes;
  }

  /** Let go of what has been unused longest, down to `most` bytes; return its keys. */
  trim(most, isWanted) {
    const keys = this.#buffers.surplus(most, isWanted);
    this.#buffers.drop(keys);
    return keys;
  }

  /** Let go of the samples. */
  clear() {
    this.#buffers.clear();
  }

  /** Something else that is loaded meanwhile, and counts. */
  count(part, loaded, total) {
    this.#parts.set(part, { loaded, total });
    const sum = (field) => [...this.#parts.values()].reduce((all, each) => all + each[field], 0);
    const waiting = [...this.#parts].filter(([, each]) => each.loaded < each.total);
    this.#tell({ loaded: sum("loaded"), total: sum("total"), waiting: waiting.map(([name]) => name) });
  }

  async #load(key, file, seconds) {
    const tell = (loaded) => this.count(key, Math.min(loaded, file.bytes), file.bytes);
    tell(0);
    try {
      const bytes = await this.#download(file, tell);
      // Without a gesture, and without touching the audio hardware.
      const buffer = await new OfflineAudioContext(1, 1, this.#song.rate).decodeAudioData(bytes);
      return seconds === undefined ? buffer : preview(buffer, seconds);
    } catch (error) {
      const given = { stem: key.split("/")[1], reason: error.message };
      throw new StemError(_("the stem %(stem)s cannot be played: %(reason)s", given), { cause: error });
    } finally {
      tell(file.bytes);
    }
  }

  async #download(file, tell) {
    const bytes = download(new URL(file.url, this.#root), tell);
    this.#downloads.add(bytes);
    try {
      return await bytes;
    } finally {
      this.#downloads.delete(bytes);
    }
  }
}

/** Leave some seconds of a stem, turned down, with an end that fades. */
function preview(buffer, seconds) {
  const end = Math.min(buffer.length, Math.round(seconds * buffer.sampleRate));
  const fade = Math.min(end, Math.round(PREVIEW_FADE_SECONDS * buffer.sampleRate));
  for (let channel = 0; channel < buffer.numberOfChannels; channel++) {
    const samples = buffer.getChannelData(channel);
    samples.fill(0, end);
    for (let at = 0; at < end; at++) samples[at] *= PREVIEW_LEVEL * Math.min(1, (end - at) / fade);
  }
  return buffer;
}

async function download(address, tell) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(_("%(address)s is not there (%(status)s)", { address: address.pathname.split("/").at(-1), status: answer.status }));
  const pieces = [];
  let loaded = 0;
  for (const reader = answer.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return new Blob(pieces).arrayBuffer();
    pieces.push(value);
    tell((loaded += value.byteLength));
  }
}
