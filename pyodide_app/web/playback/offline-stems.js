// The stems of a mix, decoded as they arrive while Python renders it: in constant memory, to the same samples everywhere.
/** @import { RequestOptions, WorkerClient } from "../base/worker-client.js" */
/** @import { MixStems } from "./python-deck.js" */
/** @import { Part } from "./stems.js" */
import { repeat } from "../base/timers.js";
import { _ } from "../language/phrases.js";
import { LINK, LOAD, OPEN, STATS, STEM_FAILED } from "./messages.js";
import { StemError } from "./stems.js";
import { stemMessage } from "./stream-deck.js";
import { createStreamWorker, DECODERS } from "./stream-workers.js";

const MEASURING_MS = 250;

/** @typedef {(Part | { key: null })[]} Parts of the rows; null: silent */
/** @typedef {{ bytes: number, fetched: number }} Sizes of decoded samples, and of compressed bytes */

export class OfflineStems {
  /** @type {Sizes} */
  sizes = { bytes: 0, fetched: 0 };
  #mediaType;
  #format;
  #root;

  /** @param {string} mediaType @param {{ rate: number, frames: number }} format of the files @param {string} root the site's absolute address */
  constructor(mediaType, format, root) {
    this.#mediaType = mediaType;
    this.#format = format;
    this.#root = root;
  }

  /**
   * Decode these parts while `act` runs; rejects if one of them cannot be loaded.
   * @template T
   * @param {Parts} parts @param {RequestOptions} watch @param {(stems: MixStems, watch: RequestOptions) => Promise<T>} act
   * @returns {Promise<T>}
   */
  async render(parts, watch, act) {
    const life = new AbortController();
    watch.signal?.addEventListener("abort", () => life.abort(watch.signal?.reason), { signal: life.signal });
    /** @type {(error: Error) => void} */
    let reject = () => {};
    /** @type {Promise<never>} */
    const failure = new Promise((_resolve, fail) => (reject = fail));
    failure.catch(() => {}); // if the render fails first
    const worker = createStreamWorker(this.#mediaType, {
      onMessage: ({ type, key, message }) => type === STEM_FAILED && reject(stemError(key, message)),
      onLoss: reject,
    });
    try {
      await this.#load(worker, parts);
      const { port1, port2 } = new MessageChannel();
      worker.request(LINK, { port: port1 }, { transfer: [port1] }).catch(reject);
      repeat(MEASURING_MS, () => this.#measure(worker).catch(() => {}), life.signal); // reported as a loss
      const stems = { keys: parts.map(({ key }) => key), source: { port: port2, ...this.#format } };
      const rendered = act(stems, { ...watch, signal: life.signal });
      const result = await Promise.race([rendered, failure]);
      await Promise.race([this.#measure(worker), failure]); // a failure that was on its way
      return result;
    } finally {
      life.abort(); // Python waits for the stems
      worker.close();
      this.sizes = { bytes: 0, fetched: 0 };
    }
  }

  /** @param {WorkerClient} worker @param {Parts} parts */
  async #load(worker, parts) {
    const { frames } = this.#format;
    await worker.request(OPEN, { decoders: DECODERS, ...this.#format, rows: parts.length, bars: 0, bpm: 0, isOffline: true });
    const audible = parts.flatMap((part) => (part.key === null ? [] : [/** @type {Part} */ (part)]));
    await worker.request(LOAD, { stems: audible.map((part) => stemMessage(part, frames, this.#root)), opening: null });
  }

  /** @param {WorkerClient} worker */
  async #measure(worker) {
    this.sizes = await worker.request(STATS);
  }
}

/** @param {string} key @param {string} reason */
function stemError(key, reason) {
  return new StemError(_("the stem %(stem)s cannot be played: %(reason)s", { stem: key.split("/")[1], reason }));
}
