// A deck: a worker that renders blocks, and the worklet that plays them.
/** @import { Command, Position } from "./messages.js" */
/** @import { WorkerClient } from "../base/worker-client.js" */
/** @import { RequestOptions } from "../base/worker-client.js" */
import { Emitter } from "../base/emitter.js";
import { _ } from "../language/phrases.js";
import { ATTACH, APPLY, CLOSE, LINK, PAUSE, PLAY } from "./messages.js";

const WORKLET = new URL("worklet.js", import.meta.url);

/**
 * Events are the worker's notifications, and "lost": the worker has died.
 * @template {Record<string, unknown>} Events
 * @extends {Emitter<Events & { position: Position, ended: {}, scheduled: {}, missed: {}, lost: Error }>}
 */
export class WorkerDeck extends Emitter {
  #client;
  /** @type {Promise<void> | null} */
  #attached = null;
  /** @type {Error | null} */
  #loss = null;
  /** @type {AudioWorkletNode | null} */
  #node = null;
  isClosed = false;

  /** @param {WorkerClient} client */
  constructor(client) {
    super();
    this.#client = client;
  }

  /** @param {Command[]} commands */
  apply(commands) {
    return this.request(APPLY, { commands });
  }

  /**
   * Connect to a node of a running AudioContext.
   * @param {AudioNode} into
   */
  attach(into) {
    this.#attached ??= this.#connect(into).catch((error) => {
      this.#attached = null;
      throw error;
    });
    return this.#attached;
  }

  /**
   * Share stems with the other deck's worker.
   * @param {MessagePort} port
   */
  link(port) {
    return this.request(LINK, { port }, { transfer: [port] });
  }

  /** @param {number} [at] a frame of the AudioContext to begin at */
  play(at) {
    return this.request(PLAY, { at });
  }

  pause() {
    return this.request(PAUSE);
  }

  /**
   * Fail for good: the worker has died, and the next deck starts another.
   * @param {Error} error
   */
  lose(error) {
    this.#loss = error;
    this.emit("lost", /** @type {any} */ (error));
  }

  /**
   * Release the song, and disconnect after a while.
   * @param {number} milliseconds
   */
  close(milliseconds) {
    const node = this.#node;
    this.isClosed = true;
    setTimeout(() => {
      node?.port.postMessage({ type: CLOSE });
      node?.disconnect();
    }, milliseconds);
  }

  /**
   * @protected
   * @param {string} type @param {object} [message] @param {RequestOptions} [options]
   */
  async request(type, message, options) {
    if (this.#loss) throw this.#loss;
    return this.#client.request(type, message, options);
  }

  /** @param {AudioNode} into */
  async #connect(into) {
    const { context } = into;
    if (!context.audioWorklet) throw new Error(_("this browser has no AudioWorklet"));
    await context.audioWorklet.addModule(WORKLET);
    if (this.isClosed) return; // another song was opened meanwhile
    this.#node = new AudioWorkletNode(context, "stempress-output", { numberOfInputs: 0, outputChannelCount: [2] });
    const { port1, port2 } = new MessageChannel();
    this.#node.port.postMessage({ type: ATTACH, port: port1 }, [port1]);
    this.#node.connect(into);
    await this.request(ATTACH, { port: port2 }, { transfer: [port2] });
  }
}
