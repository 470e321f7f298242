// The streamed stems of one of Python's sessions, and renders of whole mixes.
/** @import { Request } from "../base/worker-host.js" */
/** @import { Keys, StreamToWorker } from "./messages.js" */
/** @import { Session, Task } from "./python-session.js" */
import { createDeferred } from "../base/deferred.js";
import { CHUNKS, CHUNK_REQUEST, LOAD, PLAYHEAD, RENDER_POSITION, STEM_FAILED, STEM_LOADED } from "./messages.js";
import { RemoteStems } from "./remote-stems.js";
import { isNotArrived } from "./session-renderer.js";

const STEP_FRAMES = 1 << 16; // BLOCK_FRAMES of session.py

/** @typedef {import("./python-session.js").Planar} Planar */

export class SessionStems {
  #session;
  #stems;
  #chunkFrames;
  #onArrived;
  /** @type {MessagePort | null} */
  #port = null; // to a stream worker
  #arrival = createDeferred();

  /** @param {Session} session @param {number} chunkFrames @param {() => void} [onArrived] called whenever samples have arrived */
  constructor(session, chunkFrames, onArrived = () => {}) {
    this.#session = session;
    this.#chunkFrames = chunkFrames;
    this.#onArrived = onArrived;
    this.#stems = new RemoteStems(chunkFrames, (places, purpose) => {
      this.#port?.postMessage({ type: CHUNK_REQUEST, places, purpose, chunkFrames });
    });
  }

  /** @param {MessagePort} port */
  link(port) {
    this.#port = port;
    port.onmessage = ({ data }) => this.#receive(data);
  }

  /** Resolves when something has arrived. */
  get arrival() {
    return this.#arrival.promise;
  }

  /**
   * Resolves when Python has all of these stems.
   * @param {Keys} keys @param {AbortSignal} signal
   */
  async loaded(keys, signal) {
    while (keys.some((key) => key !== null && !this.#stems.has(key))) await this.#arrivalUnless(signal);
  }

  /**
   * The stems that play.
   * @param {string[]} keys
   */
  play(keys) {
    this.#stems.use("playback", keys);
  }

  /** @param {number} frame of the song that is heard */
  follow(frame) {
    this.#port?.postMessage({ type: PLAYHEAD, frame });
  }

  /** @param {string[]} keys */
  unload(keys) {
    for (const key of keys) {
      this.#session.unload(key);
      this.#stems.delete(key);
    }
  }

  /**
   * Run a task to its end, handling messages between its steps, and waiting for samples that have not arrived.
   * @template T
   * @param {Keys} keys @param {Task} task @param {() => void} step @param {() => T} result @param {Request} request
   */
  async runToEnd(keys, task, step, result, request) {
    const needed = keys.filter((key) => key !== null);
    this.#stems.use("offline", needed);
    try {
      while (task.progress < 1) {
        this.#port?.postMessage({ type: RENDER_POSITION, keys: needed, frame: task.frame });
        await this.#step(needed, task.frame, step, request.signal);
        request.report(task.progress);
        await yieldToMessages();
        request.signal.throwIfAborted();
      }
      return result();
    } finally {
      task.destroy();
      this.#port?.postMessage({ type: RENDER_POSITION, keys: [], frame: 0 });
    }
  }

  close() {
    this.#port?.close();
  }

  /**
   * Run a step of an offline render once its samples have arrived; a take may jump to others within a step.
   * @param {string[]} keys @param {number} frame its first @param {() => void} step @param {AbortSignal} signal
   */
  async #step(keys, frame, step, signal) {
    const [first, last] = [frame, frame + STEP_FRAMES].map((end) => Math.floor(end / this.#chunkFrames));
    while (!this.#stems.have(first, last + 1, "offline")) await this.#arrivalUnless(signal);
    try {
      step();
    } catch (error) {
      if (!isNotArrived(error)) throw error; // else it is repeated
      this.#port?.postMessage({ type: RENDER_POSITION, keys, frame: this.#stems.awaited("offline") * this.#chunkFrames });
      await this.#arrivalUnless(signal);
    }
  }

  /**
   * Resolves when something has arrived, and rejects when a task is cancelled.
   * @param {AbortSignal} signal
   */
  async #arrivalUnless(signal) {
    signal.throwIfAborted();
    const end = new AbortController(); // of listening
    const { promise: cancelled, resolve: cancel } = createDeferred();
    signal.addEventListener("abort", () => cancel(), { signal: end.signal });
    await Promise.race([this.arrival, cancelled]);
    end.abort();
    signal.throwIfAborted();
  }

  /** @param {StreamToWorker} message */
  #receive(message) {
    switch (message.type) {
      case LOAD:
        this.#load(message);
        break;
      case CHUNKS:
        for (const { key, chunk, purpose, samples } of message.chunks) this.#stems.receive(key, chunk, purpose, samples);
        break;
      case STEM_FAILED:
        this.#stems.fail(message.key);
        break;
    }
    this.#arrival.resolve();
    this.#arrival = createDeferred();
    this.#onArrived();
  }

  /** @param {Extract<StreamToWorker, { type: typeof LOAD }>} stem */
  #load({ key, ...format }) {
    this.#port?.postMessage({ type: STEM_LOADED, key, bytes: this.#stream(key, format) });
  }

  /**
   * Let Python read a stem whose chunks the stream worker decodes; returns the bytes that it takes.
   * @param {string} key @param {{ channels: number, frames: number }} format
   */
  #stream(key, { channels, frames }) {
    this.#stems.add(key, frames);
    /** @param {number} chunk @param {Planar} target @param {boolean} isOffline */
    const fill = (chunk, target, isOffline) => {
      const buffer = target.getBuffer("f32");
      try {
        return this.#stems.fill(key, chunk, buffer.data, isOffline ? "offline" : "playback");
      } finally {
        buffer.release();
      }
    };
    return this.#session.stream(key, fill, channels, frames);
  }
}

/**
 * Let pending messages be handled.
 * @returns {Promise<void>}
 */
function yieldToMessages() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
