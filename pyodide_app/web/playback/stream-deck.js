// A deck that streams its stems: plays a long song until Python has loaded, and decodes for Python.
/** @import { Part } from "./stems.js" */
/** @import { StemMessage } from "./streamed-stem.js" */
import { ROOT } from "../base/root.js";
import { WorkerClient } from "../base/worker-client.js";
import { FLAC, OPUS, VORBIS } from "../codecs/media-types.js";
import { _ } from "../language/phrases.js";
import { BUFFER, CLOSE, UNLOAD, OPEN, STATS, LOAD, SONG_FRAME, WARM } from "./messages.js";
import { MemoryCache } from "./memory.js";
import { fetchWorklet } from "./audio-hardware.js";
import { WorkerDeck } from "./worker-deck.js";

const WORKER = new URL("stream-worker.js", import.meta.url);
export const DECODERS = new URL("app/decoders/", ROOT).href;
const OPUS_RATE = 48000;

// One worker per page; the deck that opened last owns it.
/** @type {StreamDeck | null} */
let current = null;
const client = new WorkerClient(WORKER, {
  unavailable: _("the mixer's worker could not be loaded"),
  onMessage: ({ type, ...detail }) => current?.emit(type, detail),
  onLoss: (error) => current?.lose(error),
});

/**
 * Whether a file can be streamed here.
 * @param {Data.File} file @param {number} rate of the song
 */
export function isStreamable({ type }, rate) {
  const isDecodable = type === FLAC || type === VORBIS || (type === OPUS && rate === OPUS_RATE);
  return isDecodable && [typeof WebAssembly, typeof Worker, typeof AudioWorkletNode].every((kind) => kind !== "undefined");
}

/**
 * Load what playing a song needs besides sound: worker, decoders, worklet.
 * @param {Data.Song} song
 */
export function warmStreaming({ layers }) {
  const mediaTypes = new Set(layers.flatMap(({ stems }) => stems.map(({ audio }) => audio.type)));
  const loading = [fetchWorklet(), client.request(WARM, { decoders: DECODERS, mediaTypes })];
  Promise.all(loading).catch(() => {}); // Play reports it
}

/** @extends {WorkerDeck<{ "stem-failed": { key: string, message: string } }>} */
export class StreamDeck extends WorkerDeck {
  /** @type {MemoryCache<number>} */
  #stems = new MemoryCache((bytes) => bytes); // the sizes of their files
  #frames;
  #opening;
  /** @type {Promise<void> | null} */
  #loading = null; // of the stems in the batch
  /** @type {StemMessage[]} */
  #batch = [];

  /** @param {Pick<Data.Song, "rate" | "frames" | "layers" | "bars" | "bpm" | "opening">} song */
  constructor({ rate, frames, layers, bars, bpm, opening }) {
    super(client);
    this.#opening = opening;
    current?.close(0);
    current = this;
    this.#frames = frames;
    this.opened = this.request(OPEN, { decoders: DECODERS, rate, frames, rows: layers.length, bars: bars ?? 0, bpm: bpm ?? 0 });
  }

  /**
   * Start to fetch a stem, unless it was started; resolves when it can be placed.
   * @param {Part} part @param {string} root the site's absolute address
   */
  load(part, root) {
    return this.#stems.get(part.key, () => this.#add(part, root));
  }

  /**
   * Release stems that are not wanted; resolves to their keys.
   * @param {(key: string) => boolean} isWanted
   */
  async evict(isWanted) {
    const keys = this.#stems.leastRecent(0, isWanted);
    if (keys.length) await this.unload(keys);
    return keys;
  }

  /**
   * Load a stem anew the next time: it has failed.
   * @param {string} key
   */
  forget(key) {
    this.#stems.delete([key]);
  }

  /**
   * Resolves when so many seconds of a stem have arrived from the playhead on; rejects if it cannot be loaded.
   * @param {string} key @param {number} seconds
   * @returns {Promise<void>}
   */
  buffer(key, seconds) {
    return this.request(BUFFER, { key, seconds });
  }

  /** @param {string[]} keys */
  unload(keys) {
    this.#stems.delete(keys);
    return this.request(UNLOAD, { keys });
  }

  /**
   * The frame of the song that will be heard at a frame of the context.
   * @param {number} contextFrame
   * @returns {Promise<number>}
   */
  songFrameAt(contextFrame) {
    return this.request(SONG_FRAME, { contextFrame });
  }

  /** @returns {Promise<{ fetched: number, bytes: number }>} */
  stats() {
    return this.request(STATS);
  }

  /** @override @param {number} milliseconds */
  close(milliseconds) {
    super.close(milliseconds);
    if (current !== this) return;
    current = null;
    this.request(CLOSE).catch(() => {}); // the worker has died
  }

  /** @param {Part} part @param {string} root */
  async #add(part, root) {
    this.#batch.push(stemMessage(part, this.#frames, root));
    this.#loading ??= this.#loadBatch(root);
    await this.#loading;
    return part.file.bytes;
  }

  /**
   * Stems that are loaded at the same time are one request, so that the worker knows which come together.
   * @param {string} root
   */
  async #loadBatch(root) {
    await null;
    const stems = this.#batch;
    this.#batch = [];
    this.#loading = null;
    await this.request(LOAD, { stems, opening: this.#opening && absolute(this.#opening, root) });
  }
}

/**
 * @param {Data.Opening} opening @param {string} root
 * @returns {Data.Opening}
 */
function absolute(opening, root) {
  const stems = opening.stems.map((stem) => ({ ...stem, url: new URL(stem.url, root).href }));
  return { ...opening, url: new URL(opening.url, root).href, stems };
}

/**
 * What the stream worker needs to know of a stem.
 * @param {Part} part @param {number} frames @param {string} root
 * @returns {StemMessage}
 */
export function stemMessage({ key, file: { url, type, bytes, starts = [] }, channels, seconds: previewSeconds }, frames, root) {
  return { key, channels, frames, url: new URL(url, root).href, mediaType: type, bytes, starts, previewSeconds };
}
