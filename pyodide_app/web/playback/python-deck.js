// The deck that Python mixes: a worker and the worklet that it feeds.
/** @import { Position } from "./messages.js" */
import { Emitter } from "../base/emitter.js";
import { WorkerClient } from "../base/worker-client.js";
import { ATTACH, BOUNCE, CHANGE, END, FORGET, OPEN, PAUSE, PLAY, PROVE, STEM, SURVEY } from "./messages.js";
import { Shelf } from "./memory.js";
import { _ } from "../language/phrases.js";

const WORKER = new URL("worker.js", import.meta.url);
const WORKLET = new URL("worklet.js", import.meta.url);

// Python starts once for a page, and has the song of the deck that opened last.
/** @type {PythonDeck | null} */
let current = null;
const client = new WorkerClient(WORKER, {
  unavailable: _("the mixer's worker couldn't be loaded"),
  onMessage: ({ type, ...detail }) => current?.emit(type, detail),
  onLoss: (error) => current?.lose(error),
});

/**
 * Events are the worker's own messages.
 * @extends {Emitter<{ at: Position, ended: {}, lost: Error, loading: { loaded: number, total: number }, armed: {}, missed: {} }>}
 */
export class PythonDeck extends Emitter {
  #held = new Shelf((bytes) => bytes);
  #copied = Promise.resolve(); // the last of the copies: one at a time, each takes as much again
  #attached = null;
  #loss = null; // the worker has died, and with it this deck
  #node = null;

  /** Start Python, if it has not been, and give it a song. */
  async open({ rate, frames, layers, bars, bpm }) {
    if (typeof WebAssembly === "undefined") throw new Error(_("this browser has no WebAssembly"));
    if (typeof AudioWorkletNode === "undefined") throw new Error(_("this browser has no AudioWorklet"));
    current = this;
    await this.#request(OPEN, { rate, frames, rows: layers.length, bars: bars ?? 0, bpm: bpm ?? 0 });
  }

  /** Copy a stem to Python, if it has it not; `get` returns a promise of an AudioBuffer. */
  hold(key, get) {
    return this.#held.get(key, () => this.#copy(key, get()));
  }

  /** Bytes of the stems that Python holds. */
  get bytes() {
    return this.#held.bytes;
  }

  release(keys) {
    this.#held.drop(keys);
    return this.#request(FORGET, { keys });
  }

  /** Let go of what has been unused longest, down to `most` bytes. */
  async trim(most, isWanted) {
    const keys = this.#held.surplus(most, isWanted);
    if (keys.length) await this.release(keys);
  }

  change(commands) {
    return this.#request(CHANGE, { commands });
  }

  /** Be heard through a node, which is in a running AudioContext. */
  attach(into) {
    this.#attached ??= this.#connect(into).catch((error) => {
      this.#attached = null;
      throw error;
    });
    return this.#attached;
  }

  /** Play, beginning at a frame of the AudioContext if one is given. */
  play(at) {
    return this.#request(PLAY, { at });
  }

  pause() {
    return this.#request(PAUSE);
  }

  /** Bounce the whole mix, with these stems in the rows; `watch` is {signal, onProgress}. */
  bounce(bits, keys, tags, watch) {
    return this.#request(BOUNCE, { bits, keys, tags }, watch);
  }

  /** Compute the digest of the whole mix; `plain` puts every control to rest. */
  prove(bits, keys, plain, watch) {
    return this.#request(PROVE, { bits, keys, plain }, watch);
  }

  /** Measure the whole mix, with these stems in the rows. */
  survey(keys) {
    return this.#request(SURVEY, { keys });
  }

  /** The worker has died: the next deck to open starts another. */
  lose(error) {
    this.#loss = error;
    this.emit("lost", error);
  }

  /** Let go of the song, and in some milliseconds of the way to the loudspeakers. */
  close(milliseconds) {
    const node = this.#node;
    setTimeout(() => {
      node?.port.postMessage({ type: END });
      node?.disconnect();
    }, milliseconds);
    if (current === this) current = null;
  }

  async #request(type, message, options) {
    if (this.#loss) throw this.#loss;
    return client.request(type, message, options);
  }

  async #copy(key, buffer) {
    const decoded = await buffer;
    const copy = this.#copied.then(() => {
      const channels = Array.from({ length: decoded.numberOfChannels }, (_, at) => decoded.getChannelData(at).slice());
      return this.#request(STEM, { key, channels }, { transfer: channels.map((each) => each.buffer) });
    });
    this.#copied = copy.catch(() => {});
    return copy;
  }

  async #connect(into) {
    const { context } = into;
    await context.audioWorklet.addModule(WORKLET);
    if (current !== this) return; // another song has come meanwhile
    const output = { numberOfInputs: 0, outputChannelCount: [2] };
    this.#node = new AudioWorkletNode(context, "stempress-output", output);
    const { port1, port2 } = new MessageChannel();
    this.#node.port.postMessage({ type: ATTACH, port: port1 }, [port1]);
    this.#node.connect(into);
    await this.#request(ATTACH, { port: port2 }, { transfer: [port2] });
  }
}
