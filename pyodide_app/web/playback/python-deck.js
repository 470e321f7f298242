// The deck that Python mixes.
/** @import { RequestOptions } from "../base/worker-client.js" */
/** @import { Keys, Loudness, Source, StemsOfMix, Tags, TakeKeys } from "./messages.js" */
import { WorkerClient } from "../base/worker-client.js";
import { _ } from "../language/phrases.js";
import { BOUNCE, BOUNCE_TAKE, DIGEST, DIGEST_TAKE, EXPORT_STEMS, LOAD, MEASURE, OPEN, READY, UNLOAD } from "./messages.js";
import { MemoryCache } from "./memory.js";
import { WorkerDeck } from "./worker-deck.js";

const WORKER = new URL("worker.js", import.meta.url);

/** @typedef {{ keys: Keys, source?: Source }} MixStems the stems in the rows, and where they are read if not where those that play are */

/** @typedef {{ keys: TakeKeys, source?: Source }} TakeStems those of a take */

// Python starts once per page; the deck that opened last owns it.
/** @type {PythonDeck | null} */
let current = null;
const client = new WorkerClient(WORKER, {
  unavailable: _("the mixer's worker could not be loaded"),
  onMessage: ({ type, ...detail }) => current?.emit(type, detail),
  onLoss: (error) => current?.lose(error),
});

/** @extends {WorkerDeck<{ loading: { loaded: number, total: number } }>} */
export class PythonDeck extends WorkerDeck {
  /** @type {MemoryCache<number>} */
  #stems = new MemoryCache((bytes) => bytes); // that were copied
  /** @type {Promise<unknown>} */
  #copied = Promise.resolve(); // one copy at a time, since each doubles a stem's memory

  constructor() {
    super(client);
  }

  /**
   * Open a song; starts Python if necessary.
   * @param {Pick<Data.Song, "rate" | "frames" | "layers" | "bars" | "bpm">} song
   */
  async open({ rate, frames, layers, bars, bpm }) {
    if (typeof WebAssembly === "undefined") throw new Error(_("this browser has no WebAssembly"));
    if (typeof AudioWorkletNode === "undefined") throw new Error(_("this browser has no AudioWorklet"));
    current = this;
    await this.request(OPEN, { rate, frames, rows: layers.length, bars: bars ?? 0, bpm: bpm ?? 0 });
  }

  /**
   * Copy a stem to Python, unless it is loaded; resolves to its size in bytes.
   * @param {string} key @param {() => Promise<AudioBuffer>} get
   */
  load(key, get) {
    return this.#stems.get(key, () => this.#copy(key, get()));
  }

  /** Bytes of the stems that were copied to Python. */
  get bytes() {
    return this.#stems.bytes;
  }

  /**
   * Unload copied stems, least recently used first, down to `most` bytes.
   * @param {number} most @param {(key: string) => boolean} isWanted
   */
  async evict(most, isWanted) {
    const keys = this.#stems.leastRecent(most, isWanted);
    if (keys.length) await this.unload(keys);
  }

  /** Resolves when playback can start without a stall. */
  ready() {
    return this.request(READY);
  }

  /** @param {string[]} keys */
  unload(keys) {
    this.#stems.delete(keys);
    return this.request(UNLOAD, { keys });
  }

  /**
   * Render the whole mix to a WAV file, with these stems in the rows.
   * @param {number} bits @param {Tags} tags @param {MixStems} stems @param {RequestOptions} options
   * @returns {Promise<File>}
   */
  bounce(bits, tags, stems, options) {
    return this.request(BOUNCE, { bits, ...stems, tags }, { ...options, transfer: portsOf(stems) });
  }

  /**
   * The stems of a mix in a ZIP archive.
   * @param {number} bits @param {StemsOfMix} mix @param {MixStems} stems @param {RequestOptions} options
   * @returns {Promise<File>}
   */
  exportStems(bits, mix, stems, options) {
    return this.request(EXPORT_STEMS, { bits, ...stems, mix }, { ...options, transfer: portsOf(stems) });
  }

  /**
   * The digest of the whole mix; `plain` ignores all settings.
   * @param {number} bits @param {boolean} plain @param {MixStems} stems @param {RequestOptions} options
   * @returns {Promise<string>}
   */
  digest(bits, plain, stems, options) {
    return this.request(DIGEST, { bits, ...stems, plain }, { ...options, transfer: portsOf(stems) });
  }

  /**
   * Render a take to a WAV file.
   * @param {number} bits @param {string} text @param {Tags} tags @param {TakeStems} stems @param {RequestOptions} options
   * @returns {Promise<File>}
   */
  bounceTake(bits, text, tags, stems, options) {
    return this.request(BOUNCE_TAKE, { bits, text, ...stems, tags }, { ...options, transfer: portsOf(stems) });
  }

  /**
   * The digest of a take.
   * @param {number} bits @param {string} text @param {TakeStems} stems @param {RequestOptions} options
   * @returns {Promise<string>}
   */
  digestTake(bits, text, stems, options) {
    return this.request(DIGEST_TAKE, { bits, text, ...stems }, { ...options, transfer: portsOf(stems) });
  }

  /**
   * Measure the loudness of the whole mix, with these stems in the rows.
   * @param {Keys} keys
   * @returns {Promise<Loudness>}
   */
  measure(keys) {
    return this.request(MEASURE, { keys });
  }

  /** @override @param {number} milliseconds */
  close(milliseconds) {
    super.close(milliseconds);
    if (current === this) current = null;
  }

  /**
   * @param {string} key @param {Promise<AudioBuffer>} buffer
   * @returns {Promise<number>}
   */
  async #copy(key, buffer) {
    const decoded = await buffer;
    const copy = this.#copied.then(() => {
      const channels = Array.from({ length: decoded.numberOfChannels }, (_channel, nth) => decoded.getChannelData(nth).slice());
      return this.request(LOAD, { key, channels }, { transfer: channels.map(({ buffer: samples }) => samples) });
    });
    this.#copied = copy.catch(() => {});
    return copy;
  }
}

/** @param {{ source?: Source }} stems */
function portsOf({ source }) {
  return source ? [source.port] : [];
}
