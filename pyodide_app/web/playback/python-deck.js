// The deck that Python mixes: a worker, asked and answered, and the worklet that it feeds.
/** @import { Position } from "./messages.js" */
import { Emitter } from "../base/emitter.js";
import {
  ATTACH, BOUNCE, CANCEL, CHANGE, DONE, END, FAILED, FORGET, OPEN, PAUSE, PLAY, PROGRESS, PROVE, STEM, SURVEY,
} from "./messages.js";
import { Shelf } from "./memory.js";
import { _ } from "../language/phrases.js";

const WORKER = new URL("worker.js", import.meta.url);
const WORKLET = new URL("worklet.js", import.meta.url);

/** There is one for the page: Python starts once, and the deck that opened last has it. */
class Link {
  #worker = new Worker(WORKER, { type: "module" });
  #asked = new Map();
  #last = 0;
  deck = null;

  constructor() {
    this.#worker.onmessage = ({ data }) => this.#hear(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      const error = new Error(event.message || _("the mixer's worker couldn't be loaded"));
      for (const { reject } of this.#asked.values()) reject(error);
      this.#asked.clear();
      this.deck?.dispatchEvent(new CustomEvent(FAILED, { detail: error }));
    };
  }

  /** `signal` cancels what can be cancelled; `tell` hears how much is done, from 0 to 1. */
  ask(type, message = {}, transfer = [], { signal, tell } = {}) {
    const id = ++this.#last;
    if (signal?.aborted) return Promise.reject(signal.reason);
    signal?.addEventListener("abort", () => this.#worker.postMessage({ type: CANCEL, what: id }));
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject, tell });
      this.#worker.postMessage({ ...message, type, id }, transfer);
    });
  }

  #hear({ type, id, value, message, ...rest }) {
    if (type === PROGRESS) {
      this.#asked.get(rest.what)?.tell?.(rest.done);
      return;
    }
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (type === DONE) asked?.resolve(value);
    else if (type === FAILED) asked?.reject(new Error(lastLine(message)));
    else this.deck?.dispatchEvent(new CustomEvent(type, { detail: rest }));
  }
}

let link = null;

/**
 * Events are the worker's own messages.
 * @extends {Emitter<{ at: Position, ended: {}, failed: Error, loading: { loaded: number, total: number }, armed: {}, missed: {} }>}
 */
export class PythonDeck extends Emitter {
  #held = new Shelf((bytes) => bytes);
  #copied = Promise.resolve(); // the last of the copies: one at a time, each takes as much again
  #attached = null;
  #node = null;

  /** Start Python, if it has not been, and give it a song. */
  async open({ rate, frames, layers, bars, bpm }) {
    if (typeof WebAssembly === "undefined") throw new Error(_("this browser has no WebAssembly"));
    if (typeof AudioWorkletNode === "undefined") throw new Error(_("this browser has no AudioWorklet"));
    link ??= new Link();
    link.deck = this;
    await link.ask(OPEN, { rate, frames, rows: layers.length, bars: bars ?? 0, bpm: bpm ?? 0 });
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
    return link.ask(FORGET, { keys });
  }

  /** Let go of what has been unused longest, down to `most` bytes. */
  async trim(most, isWanted) {
    const keys = this.#held.surplus(most, isWanted);
    if (keys.length) await this.release(keys);
  }

  change(commands) {
    return link.ask(CHANGE, { commands });
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
    return link.ask(PLAY, { at });
  }

  pause() {
    return link.ask(PAUSE);
  }

  /** Bounce the whole mix, with these stems in the rows; `watch` is {signal, tell}. */
  bounce(bits, keys, tags, watch) {
    return link.ask(BOUNCE, { bits, keys, tags }, [], watch);
  }

  /** Compute the digest of the whole mix; `plain` puts every control to rest. */
  prove(bits, keys, plain, watch) {
    return link.ask(PROVE, { bits, keys, plain }, [], watch);
  }

  /** Measure the whole mix, with these stems in the rows. */
  survey(keys) {
    return link.ask(SURVEY, { keys });
  }

  /** Let go of the song, and in some milliseconds of the way to the loudspeakers. */
  close(milliseconds) {
    const node = this.#node;
    setTimeout(() => {
      node?.port.postMessage({ type: END });
      node?.disconnect();
    }, milliseconds);
    if (link?.deck === this) link.deck = null;
  }

  async #copy(key, buffer) {
    const decoded = await buffer;
    const copy = this.#copied.then(() => {
      const channels = Array.from({ length: decoded.numberOfChannels }, (_, at) => decoded.getChannelData(at).slice());
      return link.ask(STEM, { key, channels }, channels.map((each) => each.buffer));
    });
    this.#copied = copy.catch(() => {});
    return copy;
  }

  async #connect(into) {
    const { context } = into;
    await context.audioWorklet.addModule(WORKLET);
    if (link.deck !== this) return; // another song has come meanwhile
    const output = { numberOfInputs: 0, outputChannelCount: [2] };
    this.#node = new AudioWorkletNode(context, "stempress-output", output);
    const { port1, port2 } = new MessageChannel();
    this.#node.port.postMessage({ type: ATTACH, port: port1 }, [port1]);
    this.#node.connect(into);
    await link.ask(ATTACH, { port: port2 }, [port2]);
  }
}

/** Of a Python traceback, what was wrong. */
function lastLine(message) {
  const lines = message.trim().split("\n");
  return lines.findLast((line) => /^[\w.]+: /.test(line)) ?? lines.at(-1);
}
