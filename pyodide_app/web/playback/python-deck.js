// The Python deck: a worker that mixes, and a worklet that plays its blocks.
/** @import { Command, Keys, Loudness, PageToWorker, Position, Tags } from "./messages.js" */
/** @import { RequestOptions } from "../base/worker-client.js" */
import { Emitter } from "../base/emitter.js";
import { WorkerClient } from "../base/worker-client.js";
import { ATTACH, BOUNCE, APPLY, CLOSE, UNLOAD, OPEN, PAUSE, PLAY, DIGEST, LOAD, MEASURE } from "./messages.js";
import { MemoryCache } from "./memory.js";
import { _ } from "../language/phrases.js";

const WORKER = new URL("worker.js", import.meta.url);
const WORKLET = new URL("worklet.js", import.meta.url);

// Python starts once per page; the deck that opened last owns it.
/** @type {PythonDeck | null} */
let current = null;
const client = new WorkerClient(WORKER, {
  unavailable: _("the mixer's worker could not be loaded"),
  onMessage: ({ type, ...detail }) => current?.emit(type, detail),
  onLoss: (error) => current?.fail(error),
});

/**
 * Events are the worker's notifications.
 * @extends {Emitter<{ position: Position, ended: {}, lost: Error, loading: { loaded: number, total: number }, scheduled: {}, missed: {} }>}
 */
export class PythonDeck extends Emitter {
  /** @type {MemoryCache<number>} */
  #stems = new MemoryCache((bytes) => bytes);
  /** @type {Promise<unknown>} */
  #copied = Promise.resolve(); // one copy at a time, since each doubles a stem's memory
  /** @type {Promise<void> | null} */
  #attached = null;
  /** @type {Error | null} */
  #loss = null; // the worker has died: the deck is unusable
  /** @type {AudioWorkletNode | null} */
  #node = null;

  /**
   * Open a song; starts Python if necessary.
   * @param {Pick<Data.Song, "rate" | "frames" | "layers" | "bars" | "bpm">} song
   */
  async open({ rate, frames, layers, bars, bpm }) {
    if (typeof WebAssembly === "undefined") throw new Error(_("this browser has no WebAssembly"));
    if (typeof AudioWorkletNode === "undefined") throw new Error(_("this browser has no AudioWorklet"));
    current = this;
    await this.#request(OPEN, { rate, frames, rows: layers.length, bars: bars ?? 0, bpm: bpm ?? 0 });
  }

  /**
   * Copy a stem to Python, unless it is loaded; resolves to its size in bytes.
   * @param {string} key @param {() => Promise<AudioBuffer>} get
   */
  load(key, get) {
    return this.#stems.get(key, () => this.#copy(key, get()));
  }

  /** Bytes of the stems that Python has loaded. */
  get bytes() {
    return this.#stems.bytes;
  }

  /** @param {string[]} keys */
  unload(keys) {
    this.#stems.delete(keys);
    return this.#request(UNLOAD, { keys });
  }

  /**
   * Unload stems, least recently used first, down to `most` bytes.
   * @param {number} most @param {(key: string) => boolean} isWanted
   */
  async evict(most, isWanted) {
    const keys = this.#stems.leastRecent(most, isWanted);
    if (keys.length) await this.unload(keys);
  }

  /** @param {Command[]} commands */
  apply(commands) {
    return this.#request(APPLY, { commands });
  }

  /**
   * Connect to a node of a running AudioContext.
   * @param {AudioNode} output
   */
  attach(output) {
    this.#attached ??= this.#connect(output).catch((error) => {
      this.#attached = null;
      throw error;
    });
    return this.#attached;
  }

  /** @param {number} [at] the frame of the AudioContext to start at */
  play(at) {
    return this.#request(PLAY, { at });
  }

  pause() {
    return this.#request(PAUSE, {});
  }

  /**
   * Render the whole mix to a WAV file, with these stems in the rows.
   * @param {number} bits @param {Keys} keys @param {Tags} tags @param {RequestOptions} options
   * @returns {Promise<Blob>}
   */
  bounce(bits, keys, tags, options) {
    return this.#request(BOUNCE, { bits, keys, tags }, options);
  }

  /**
   * The digest of the whole mix; `plain` ignores all settings.
   * @param {number} bits @param {Keys} keys @param {boolean} plain @param {RequestOptions} options
   * @returns {Promise<string>}
   */
  digest(bits, keys, plain, options) {
    return this.#request(DIGEST, { bits, keys, plain }, options);
  }

  /**
   * Measure the loudness of the whole mix, with these stems in the rows.
   * @param {Keys} keys
   * @returns {Promise<Loudness>}
   */
  measure(keys) {
    return this.#request(MEASURE, { keys });
  }

  /**
   * Fail for good: the worker has died, and the next deck starts another.
   * @param {Error} error
   */
  fail(error) {
    this.#loss = error;
    this.emit("lost", error);
  }

  /**
   * Release the song, and disconnect after a while.
   * @param {number} milliseconds
   */
  close(milliseconds) {
    const node = this.#node;
    setTimeout(() => {
      node?.port.postMessage({ type: CLOSE });
      node?.disconnect();
    }, milliseconds);
    if (current === this) current = null;
  }

  /**
   * @template {PageToWorker["type"]} Type
   * @param {Type} type @param {Omit<Extract<PageToWorker, { type: Type }>, "type">} message @param {RequestOptions} [options]
   */
  async #request(type, message, options) {
    if (this.#loss) throw this.#loss;
    return client.request(type, message, options);
  }

  /**
   * @param {string} key @param {Promise<AudioBuffer>} buffer
   * @returns {Promise<number>}
   */
  async #copy(key, buffer) {
    const decoded = await buffer;
    const copy = this.#copied.then(() => {
      const channels = Array.from({ length: decoded.numberOfChannels }, (nothing, nth) => decoded.getChannelData(nth).slice());
      return this.#request(LOAD, { key, channels }, { transfer: channels.map(({ buffer: samples }) => samples) });
    });
    this.#copied = copy.catch(() => {});
    return copy;
  }

  /** @param {AudioNode} output */
  async #connect(output) {
    const { context } = output;
    await context.audioWorklet.addModule(WORKLET);
    if (current !== this) return; // another song was opened meanwhile
    const node = new AudioWorkletNode(context, "stempress-output", { numberOfInputs: 0, outputChannelCount: [2] });
    this.#node = node;
    const { port1, port2 } = new MessageChannel();
    node.port.postMessage({ type: ATTACH, port: port1 }, [port1]);
    node.connect(output);
    await this.#request(ATTACH, { port: port2 }, { transfer: [port2] });
  }
}
