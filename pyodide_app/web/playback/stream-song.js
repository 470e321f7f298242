// A song in the stream worker: fetches its stems while they play, mixes them until Python has loaded, and decodes them for
// Python.
/** @import { Command } from "./messages.js" */
/** @import { StemFile } from "../streaming/transfer.js" */
/** @import { SongFormat } from "./block-renderer.js" */
/** @import { Codec } from "../codecs/codec.js" */
/** @import { StemMessage } from "./streamed-stem.js" */
import { _ } from "../language/phrases.js";
import { StemLoader } from "../streaming/stem-loader.js";
import { BlockRenderer } from "./block-renderer.js";
import { Feed, LOOK_AHEAD_MOST } from "./feed.js";
import { APPLIED, CHUNKS, ENDED, STEM_LOADED, LOAD, RENDER_POSITION, PLAYHEAD, POSITION, STEM_FAILED, CHUNK_REQUEST } from "./messages.js";
import { StreamedStem } from "./streamed-stem.js";

const MASTER_READINGS = 8; // of levels.py
const KEPT_REQUESTS_SECONDS = 30; // around the playhead
const START_SECONDS = 2; // of a file's `starts`; json_data.py writes them
const DECODING_MS = 10; // of Python's chunks, before other messages are handled
const BEHIND_SECONDS = 10; // of compressed samples that are kept once MOST_FETCHED is reached
const MOST_FETCHED = 64e6; // compressed bytes; beyond, what is far from what is needed is forgotten
const AHEAD_BYTES = 32e6; // that are fetched ahead, of all stems together
const AHEAD_SECONDS = [24, 60]; // at least, for Python to be loaded; at most

/** @typedef {"playback" | "offline"} Purpose of Python */
/** @typedef {{ key: string, chunk: number, chunkFrames: number, purpose: Purpose }} ChunkRequest */

export class StreamSong {
  /** @type {Map<string, StreamedStem>} */
  #stems = new Map();
  /** @type {{ key: string, seconds: number, resolve: () => void, reject: (error: Error) => void }[]} */
  #waiting = []; // for samples of stems
  /** @type {Map<string, ChunkRequest>} */
  #requests = new Map(); // not answered yet
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #answering;
  #playhead = 0; // a frame of the song
  #rendered = -1; // a frame that an offline render has reached
  #isOffline;
  /** @type {Map<string, () => void>} */
  #unacknowledged = new Map(); // stems that Python's worker has not confirmed
  /** @type {MessagePort | null} */
  #python = null;
  #rate;
  #feed;
  #loader;
  #loadCodec;

  /** @param {SongFormat & { isOffline?: boolean }} format isOffline: nothing plays, Python only renders @param {() => Promise<Codec>} loadCodec */
  constructor({ isOffline = false, ...format }, loadCodec) {
    this.#isOffline = isOffline;
    this.#rate = format.rate;
    this.#loadCodec = loadCodec;
    const renderer = new BlockRenderer(format, (key) => this.#stems.get(key)?.reader("browser") ?? null);
    this.#feed = new Feed(renderer, format.rate, MASTER_READINGS + format.rows, {
      onPosition: (place) => {
        if (place.playing) this.#follow(place.songFrame);
        postMessage({ type: POSITION, ...place, levels: undefined });
      },
      onApplied: (applied) => postMessage({ type: APPLIED, ...applied }),
      onEnd: () => postMessage({ type: ENDED }),
      onStart: (type) => postMessage({ type }),
    }, LOOK_AHEAD_MOST); // in WebKit, messages of the worklet wait for the page, which is busy at first
    this.#loader = new StemLoader({ onArrived: () => this.#arrived(), onFailed: (key, error) => this.#fail(key, error) });
  }

  /**
   * Start to fetch stems; resolves when they can be placed.
   * @param {StemMessage[]} messages @param {Data.Opening | null} opening of the song, with absolute addresses
   */
  async add(messages, opening) {
    const codec = await this.#loadCodec();
    /** @type {Map<string, StemFile>} */
    const files = new Map();
    for (const message of messages) {
      const { key } = message;
      const known = this.#stems.get(key);
      if (known && !known.failure) continue;
      const onDamage = () => setTimeout(() => this.#fail(key, new Error(_("the file is damaged"))));
      const stem = new StreamedStem(message, this.#rate, codec, onDamage);
      this.#loader.remove(key);
      this.#stems.set(key, stem);
      files.set(key, this.#fileOf(stem, message));
    }
    this.#loader.add(files, opening);
    this.#arrived();
    const python = this.#python;
    if (python) await Promise.all([...files.keys()].map((key) => this.#share(/** @type {StreamedStem} */ (this.#stems.get(key)), python)));
  }

  /** @param {string[]} keys */
  remove(keys) {
    for (const key of keys) {
      this.#loader.remove(key);
      this.#stems.get(key)?.close();
      this.#stems.delete(key);
    }
    this.#settleWaiting();
  }

  /** @param {Command[]} commands */
  apply(commands) {
    this.#feed.change(commands);
    if (commands.some(([name]) => name === "locate")) this.#follow(this.#feed.songFrame);
  }

  /**
   * Resolves when so many seconds of a stem have arrived from the playhead on.
   * @param {string} key @param {number} seconds
   * @returns {Promise<void>}
   */
  buffer(key, seconds) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ key, seconds, resolve, reject });
      this.#settleWaiting();
    });
  }

  /** @param {MessagePort} port of the worklet */
  attach(port) {
    this.#feed.attach(port);
  }

  /** Queue the rest of the song; returns whether all of it is queued. */
  finish() {
    return this.#feed.finish();
  }

  /** @param {number} [at] the context's frame to start at */
  play(at) {
    this.#feed.play(at);
  }

  pause() {
    this.#feed.pause();
    for (const stem of this.#stems.values()) stem.releaseSamples();
  }

  /**
   * The frame of the song that will be heard at a frame of the context.
   * @param {number} contextFrame
   */
  songFrameAt(contextFrame) {
    return this.#feed.songFrameAt(contextFrame);
  }

  /**
   * Serve Python's worker from now on; resolves when it knows all stems.
   * @param {MessagePort} port
   */
  async link(port) {
    this.#python = port;
    port.onmessage = ({ data }) => {
      if (data.type === PLAYHEAD) this.#follow(data.frame);
      if (data.type === RENDER_POSITION) this.#followRender(data.keys, data.frame);
      if (data.type === STEM_LOADED) this.#confirm(data.key, data.bytes);
      if (data.type === CHUNK_REQUEST) this.#addRequests(data.places, data.purpose, data.chunkFrames);
    };
    await Promise.all([...this.#stems.values()].map((stem) => this.#share(stem, port)));
  }

  get stats() {
    const stems = [...this.#stems.values()];
    return {
      fetched: stems.reduce((sum, stem) => sum + stem.fetched, 0),
      bytes: stems.reduce((sum, stem) => sum + stem.bytes, 0),
    };
  }

  close() {
    clearTimeout(this.#answering);
    this.#feed.close();
    this.#loader.close();
    this.#python?.close();
    for (const stem of this.#stems.values()) stem.close();
  }

  /**
   * Tell Python's worker of a stem; resolves when it has confirmed.
   * @param {StreamedStem} stem @param {MessagePort} port
   * @returns {Promise<void>}
   */
  #share({ key, channels, frames, failure }, port) {
    return new Promise((resolve) => {
      this.#unacknowledged.set(key, resolve);
      port.postMessage({ type: LOAD, key, channels, frames });
      if (failure) port.postMessage({ type: STEM_FAILED, key });
    });
  }

  /** @param {string} key @param {number} bytes */
  #confirm(key, bytes) {
    const stem = this.#stems.get(key);
    if (stem) stem.pythonBytes = bytes;
    this.#unacknowledged.get(key)?.();
  }

  /** @param {{ key: string, chunk: number }[]} places @param {Purpose} purpose @param {number} chunkFrames */
  #addRequests(places, purpose, chunkFrames) {
    for (const { key, chunk } of places) this.#requests.set(`${purpose} ${chunk} ${key}`, { key, chunk, chunkFrames, purpose });
    this.#answerRequests();
  }

  /** Decode what Python has asked for, as far as it has arrived; a part at a time, so that playback goes on. */
  #answerRequests() {
    clearTimeout(this.#answering);
    const end = performance.now() + DECODING_MS;
    const chunks = [];
    for (const [id, { key, chunk, chunkFrames, purpose }] of this.#requests) {
      const samples = this.#stems.get(key)?.read(chunk * chunkFrames, chunkFrames, purpose === "offline" ? "offline" : "python");
      if (samples === null) continue;
      this.#requests.delete(id);
      if (samples) chunks.push({ key, chunk, purpose, samples });
      if (performance.now() > end) {
        this.#answering = setTimeout(() => this.#answerRequests());
        break;
      }
    }
    if (chunks.length) this.#python?.postMessage({ type: CHUNKS, chunks }, chunks.map(({ samples }) => samples.buffer));
  }

  #settleWaiting() {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const request of waiting) {
      const stem = this.#stems.get(request.key);
      const end = Math.min(stem?.frames ?? 0, this.#playhead + request.seconds * this.#rate);
      if (!stem) request.reject(new Error(_("another stem has been chosen")));
      else if (stem.failure) request.reject(stem.failure);
      else if (stem.arrivedUntil(this.#playhead) >= end) request.resolve();
      else this.#waiting.push(request);
    }
  }

  #arrived() {
    this.#settleWaiting();
    this.#answerRequests();
    this.#feed.continue();
  }

  /** @param {number} songFrame -1: after the end */
  #follow(songFrame) {
    const before = this.#playhead;
    this.#playhead = Math.max(0, songFrame);
    if (Math.abs(this.#playhead - before) > this.#rate) this.#dropRequests();
    this.#loader.follow(this.#playhead / this.#rate);
    this.#forget();
    this.#settleWaiting();
  }

  /** @param {string[]} keys none: it has ended @param {number} frame */
  #followRender(keys, frame) {
    this.#rendered = keys.length ? frame : -1;
    if (!this.#isOffline) this.#loader.need(keys, frame / this.#rate);
    else if (keys.length) this.#follow(frame);
  }

  /** Keep compressed samples around the places where they are read, if all of them would take much. */
  #forget() {
    const { hasRanges } = this.#loader;
    if (this.stats.fetched < MOST_FETCHED || (!hasRanges && !this.#isOffline)) return; // it could not be fetched again
    const ahead = hasRanges ? this.#aheadSeconds + 2 * BEHIND_SECONDS : Infinity;
    const places = [this.#isOffline ? -1 : this.#playhead, this.#rendered].filter((place) => place >= 0);
    const ranges = places.map((place) => /** @type {const} */ ([place - BEHIND_SECONDS * this.#rate, place + ahead * this.#rate]));
    for (const stem of this.#stems.values()) stem.keepOnly(ranges);
  }

  /** How far ahead to fetch. */
  get #aheadSeconds() {
    const perSecond = [...this.#stems.values()].reduce((sum, { bytesPerSecond }) => sum + bytesPerSecond, 0);
    const [least, most] = AHEAD_SECONDS;
    return Math.max(least, Math.min(most, AHEAD_BYTES / perSecond));
  }

  /** After a seek, forget what Python asked for elsewhere: it asks again if it needs to. */
  #dropRequests() {
    for (const [id, { chunk, chunkFrames, purpose }] of this.#requests) {
      const seconds = (chunk * chunkFrames - this.#playhead) / this.#rate;
      if (purpose === "playback" && Math.abs(seconds) > KEPT_REQUESTS_SECONDS) this.#requests.delete(id);
    }
  }

  /** @param {string} key @param {Error} error */
  #fail(key, error) {
    const stem = this.#stems.get(key);
    if (!stem || stem.failure) return;
    this.#loader.remove(key);
    postMessage({ type: STEM_FAILED, key, message: error.message });
    if (this.#isOffline) return; // the page cancels the render
    stem.fail(error);
    this.#python?.postMessage({ type: STEM_FAILED, key });
    this.#arrived();
  }

  /**
   * @param {StreamedStem} stem @param {StemMessage} message
   * @returns {StemFile}
   */
  #fileOf(stem, { url, bytes, frames, starts }) {
    const rate = this.#rate;
    /** @param {number} playhead */
    const arrivedUntil = (playhead) => {
      const frame = stem.arrivedUntil(Math.round(playhead * rate));
      return frame >= stem.frames ? Infinity : frame / rate;
    };
    return {
      url: new URL(url),
      bytes,
      seconds: frames / rate,
      most: () => this.#aheadSeconds,
      arrivedUntil,
      offsetOf: (playhead) => (stem.hasHead ? startOf(starts, playhead - stem.preRollSeconds) : -1),
      receive: (offset, data) => stem.receive(offset, data),
    };
  }
}

/**
 * Where to read a file from a time on; -1 if that is not known.
 * @param {number[]} starts @param {number} seconds
 */
function startOf(starts, seconds) {
  return starts[Math.max(0, Math.min(starts.length - 1, Math.floor(seconds / START_SECONDS)))] ?? -1;
}
