// Requests to a worker, as promises. The worker's end is worker-host.js.
//
// The worker starts with the first request. When it dies, pending requests fail and the next one starts a new
// worker. It counts as dead when it cannot be loaded, throws outside a request, sends an unreadable message, or
// reports a fatal error, as Pyodide does after a crash.
import { _ } from "../language/phrases.js";
import { explainMissing } from "./version.js";
import { startWorker } from "./worker-start.js";
import { CANCEL, DONE, FAILED, PROGRESS, UNLOADED } from "./worker-messages.js";

/** @import { HostMessage } from "./worker-messages.js" */
/**
 * @typedef {object} RequestOptions
 * @property {Transferable[]} [transfer]
 * @property {AbortSignal} [signal] cancels the request, where the worker can
 * @property {(done: number) => void} [onProgress] from 0 to 1
 */
/** @typedef {{ resolve: (value: any) => void, reject: (error: Error) => void, onProgress?: (done: number) => void }} Pending */

/** The worker died after it had started. */
export class WorkerLost extends Error {}

export class WorkerClient {
  #url;
  #unavailable;
  #onMessage;
  #onLoss;
  /** @type {Worker | null} */
  #worker = null;
  #hasSpoken = false; // the worker is loaded
  /** @type {Map<number, Pending>} */
  #pending = new Map();
  #lastId = 0;

  /**
   * @param {URL} url the worker's module
   * @param {object} options
   * @param {string} options.unavailable the message if it cannot be loaded
   * @param {(message: any) => void} [options.onMessage] called with messages that answer no request
   * @param {(error: Error) => void} [options.onLoss] called when the worker has died
   */
  constructor(url, { unavailable, onMessage = () => {}, onLoss = () => {} }) {
    this.#url = url;
    this.#unavailable = unavailable;
    this.#onMessage = onMessage;
    this.#onLoss = onLoss;
  }

  /**
   * Call a method of the worker; resolves to its result.
   * @param {string} type the method's name @param {object} [message] @param {RequestOptions} [options]
   * @returns {Promise<any>}
   */
  request(type, message = {}, { transfer = [], signal, onProgress } = {}) {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const worker = (this.#worker ??= this.#start());
      const id = ++this.#lastId;
      worker.postMessage({ ...message, type, id }, transfer);
      this.#pending.set(id, { resolve, reject, onProgress });
      signal?.addEventListener("abort", () => this.#pending.has(id) && worker.postMessage({ type: CANCEL, id }), { once: true });
    });
  }

  /** Terminate the worker and drop pending requests. */
  close() {
    this.#terminate();
    this.#pending.clear();
  }

  #start() {
    const worker = startWorker(this.#url);
    /** @param {string} reason */
    const lose = (reason) => {
      if (this.#worker === worker) this.#handleLoss(reason);
    };
    const loseUnloaded = async () => lose((await explainMissing(new Error(this.#unavailable))).message);
    worker.onmessage = ({ data }) => (data.type === UNLOADED ? loseUnloaded() : this.#receive(data));
    worker.onmessageerror = () => lose(_("a message between page and worker couldn't be read"));
    worker.onerror = (event) => {
      event.preventDefault();
      if (event.message) lose(event.message);
      else loseUnloaded();
    };
    this.#hasSpoken = false;
    return worker;
  }

  /** @param {HostMessage} message */
  #receive(message) {
    this.#hasSpoken = true;
    if (message.type === PROGRESS) this.#pending.get(message.id)?.onProgress?.(message.done);
    else if (message.type === DONE) this.#takeRequest(message.id)?.resolve(message.value);
    else if (message.type === FAILED) this.#fail(message);
    else this.#onMessage(message);
  }

  /** @param {{ id: number, error: import("./worker-messages.js").PlainError }} message */
  #fail({ id, error: { message, fatal } }) {
    if (fatal) this.#handleLoss(message);
    else this.#takeRequest(id)?.reject(new Error(message));
  }

  /** @param {number} id */
  #takeRequest(id) {
    const request = this.#pending.get(id);
    this.#pending.delete(id);
    return request;
  }

  /** @param {string} reason */
  #handleLoss(reason) {
    this.#terminate();
    const error = this.#hasSpoken ? new WorkerLost(reason) : new Error(reason);
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(error);
    this.#onLoss(error);
  }

  #terminate() {
    this.#worker?.terminate();
    this.#worker = null;
  }
}
