// A deck: a worker that renders blocks, and the worklet that plays them.
/** @import { Applied, Command, Position } from "./messages.js" */
/** @import { RequestOptions, WorkerClient } from "../base/worker-client.js" */
import { Emitter } from "../base/emitter.js";
import { WorkerLost } from "../base/worker-client.js";
import { _ } from "../language/phrases.js";
import { ATTACH, APPLY, CLOSE, FINISH, LINK, MISSED, PAUSE, PLAY, SCHEDULED } from "./messages.js";

const WORKLET = new URL("worklet.js", import.meta.url);

/**
 * Events are the worker's notifications, and "lost": the worker or the worklet's processor has died.
 * @template {Record<string, unknown>} Events
 * @extends {Emitter<Events & { position: Position, applied: Applied, ended: {}, scheduled: {}, missed: {}, lost: Error }>}
 */
export class WorkerDeck extends Emitter {
  #client;
  /** @type {Promise<void> | null} */
  #attached = null;
  /** @type {Error | null} */
  #loss = null;
  /** @type {AudioWorkletNode | null} */
  #node = null;
  #life = new AbortController();

  /** @param {WorkerClient} client */
  constructor(client) {
    super();
    this.#client = client;
  }

  /** A signal: aborted when the deck is closed. */
  get life() {
    return this.#life.signal;
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

  /**
   * @param {number} [at] a frame of the AudioContext to begin at
   * @returns {Promise<void>}
   */
  play(at) {
    return this.request(PLAY, { at });
  }

  /**
   * Play from a frame of the AudioContext on, or at once if it is too late for that.
   * @param {number} at @param {AbortSignal} signal
   */
  async playFrom(at, signal) {
    const isInTime = this.isInTime(signal);
    await this.play(at);
    if (!(await isInTime)) await this.play();
  }

  /**
   * Whether playback, which is asked for at a frame of the AudioContext, begins there. The worker answers later than the
   * request to play.
   * @param {AbortSignal} signal
   * @returns {Promise<boolean>}
   */
  isInTime(signal) {
    return new Promise((resolve) => {
      this.on(SCHEDULED, () => resolve(true), { signal });
      this.on(MISSED, () => resolve(false), { signal });
      signal.addEventListener("abort", () => resolve(false), { once: true });
    });
  }

  /**
   * Queue the rest of the song, so that the worker is free for another; resolves to whether that can be.
   * @returns {Promise<boolean>}
   */
  finish() {
    return this.request(FINISH);
  }

  pause() {
    return this.request(PAUSE);
  }

  /**
   * Fail for good: the next deck starts another worker, and another processor.
   * @param {Error} error
   */
  lose(error) {
    if (this.#loss) return;
    this.#loss = error;
    this.emit("lost", /** @type {any} */ (error));
  }

  /**
   * Release the song, and disconnect after a while.
   * @param {number} milliseconds
   */
  close(milliseconds) {
    const node = this.#node;
    this.#life.abort();
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
    if (this.life.aborted) return; // another song was opened meanwhile
    this.#node = new AudioWorkletNode(context, "stempress-output", { numberOfInputs: 0, outputChannelCount: [2] });
    this.#node.onprocessorerror = () => this.lose(new WorkerLost(_("the audio processor has failed")));
    const { port1, port2 } = new MessageChannel();
    this.#node.port.postMessage({ type: ATTACH, port: port1 }, [port1]);
    this.#node.connect(into);
    await this.request(ATTACH, { port: port2 }, { transfer: [port2] });
  }
}
