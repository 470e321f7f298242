// A deck that streams its stems: plays a long song until Python has loaded, and decodes for Python.
/** @import { Part } from "./stems.js" */
/** @import { StemMessage } from "./streamed-stem.js" */
/** @import { WorkerClient } from "../base/worker-client.js" */
import { BUFFER, CLOSE, UNLOAD, OPEN, STATS, LOAD, SONG_FRAME, WARM } from "./messages.js";
import { MemoryCache } from "./memory.js";
import { fetchWorklet } from "./audio-hardware.js";
import { createStreamWorker, DECODERS, mediaTypeOf } from "./stream-workers.js";
import { WorkerDeck } from "./worker-deck.js";

// One worker per page and codec; the deck that opened last owns it.
/** @type {StreamDeck | null} */
let current = null;
/** @type {Map<string, WorkerClient>} */
const clients = new Map(); // by media type

/** @param {string} mediaType */
function clientFor(mediaType) {
  /** @param {(deck: StreamDeck) => void} act */
  const toItsDeck = (act) => current?.mediaType === mediaType && act(current);
  const client = clients.get(mediaType) ?? createStreamWorker(mediaType, {
    onMessage: ({ type, ...detail }) => toItsDeck((deck) => deck.emit(type, detail)),
    onLoss: (error) => toItsDeck((deck) => deck.lose(error)),
  });
  clients.set(mediaType, client);
  return client;
}

/**
 * Load what playing a song needs besides sound: worker, decoder, worklet.
 * @param {Data.Song} song
 */
export function warmStreaming(song) {
  const loading = [fetchWorklet(), clientFor(mediaTypeOf(song)).request(WARM, { decoders: DECODERS })];
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
    const mediaType = mediaTypeOf({ layers });
    super(clientFor(mediaType));
    this.mediaType = mediaType;
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
export function stemMessage({ key, file: { url, bytes, starts = [] }, channels, seconds: previewSeconds }, frames, root) {
  return { key, channels, frames, url: new URL(url, root).href, bytes, starts, previewSeconds };
}
