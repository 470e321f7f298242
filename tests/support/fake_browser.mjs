// What the player needs of a browser, for Node: requests, decoding, Web Audio's nodes, workers. Everything answers at
// once, unless a test holds it; nothing is played, but what would sound is known.

/** @type {Set<string>} */
const held = new Set(); // names of requests that are not answered
/** @type {{ name: string, act: () => void }[]} */
let waiting = [];
/** @type {Set<string>} */
const failing = new Set(); // files and requests that fail

/** Let nothing come that has this name: a file, or "<worker> <request>". */
export const hold = (/** @type {string} */ name) => held.add(name);
export const fail = (/** @type {string} */ name) => failing.add(name);
export const mend = (/** @type {string} */ name) => failing.delete(name);

/** Let something come that was held; without a name: all. @param {string} [name] */
export function release(name) {
  for (const each of name ? [name] : [...held]) held.delete(each);
  const ready = waiting.filter((each) => !held.has(each.name));
  waiting = waiting.filter((each) => held.has(each.name));
  for (const { act } of ready) act();
}

/** @param {string} name @param {() => void} act */
function come(name, act) {
  if (held.has(name)) waiting.push({ name, act });
  else setTimeout(act);
}

class Parameter {
  value = 1;
  setValueAtTime(value) {
    this.value = value;
    return this;
  }
  linearRampToValueAtTime(value) {
    this.value = value;
    return this;
  }
  setTargetAtTime() {}
  cancelScheduledValues() {
    return this;
  }
}

class Node {
  /** @type {Node | null} */
  target = null;
  gain = new Parameter();
  constructor(context, { gain = 1 } = {}) {
    this.context = context;
    this.gain.value = gain;
  }
  connect(node) {
    this.target = node;
    return node;
  }
  disconnect() {
    this.target = null;
  }
  /** Whether the hardware plays it. */
  get isHeard() {
    return this.gain.value > 0 && this.target !== null && this.target.isHeard;
  }
}

class Analyser extends Node {
  getFloatTimeDomainData() {}
}

class Source extends Node {
  static all = new Set(); // that play
  start() {
    Source.all.add(this);
  }
  stop() {
    Source.all.delete(this);
  }
}

class WorkletNode extends Node {
  static all = [];
  port = { postMessage() {} };
  onprocessorerror = null;
  constructor(context) {
    super(context);
    WorkletNode.all.push(this);
  }
}

export class Context {
  static latest = null;
  state = "suspended";
  sampleRate;
  destination = { isHeard: true };
  onstatechange = null;
  audioWorklet = { addModule: async () => {} };
  #start = performance.now();
  constructor({ sampleRate }) {
    this.sampleRate = sampleRate;
    Context.latest = this;
  }
  get currentTime() {
    return (performance.now() - this.#start) / 1000;
  }
  async resume() {
    this.become("running");
  }
  async suspend() {
    this.become("suspended");
  }
  async close() {
    this.become("closed");
  }
  become(state) {
    if (this.state === state) return;
    this.state = state;
    this.onstatechange?.();
  }
}

export class FakeWorker {
  /** @type {FakeWorker[]} */
  static all = [];
  onmessage = null;
  onerror = null;
  isPlaying = false;
  isDead = false;
  songFrame = 4800; // that it reports
  /** @type {Node | null} */
  node = null;
  /** @type {any[]} */
  commands = [];
  /** @type {string[]} */
  asked = []; // requests, with their stem
  constructor(url) {
    this.name = new URL(url).pathname.endsWith("-stream-worker.js") ? "stream" : "python";
    FakeWorker.all.push(this);
  }
  static get(name) {
    return FakeWorker.all.findLast((worker) => worker.name === name && !worker.isDead);
  }
  postMessage(message) {
    this.asked.push(message.key ? `${message.type} ${message.key}` : message.type);
    if (message.type === "attach") this.node = WorkletNode.all.at(-1);
    if (message.type === "apply") this.commands.push(...message.commands);
    if (message.type === "pause") this.isPlaying = false;
    if (message.type === "play" && message.at === undefined) this.#play();
    come(`${this.name} ${message.type}`, () => this.#answer(message));
  }
  terminate() {
    this.isDead = true;
    this.isPlaying = false;
  }
  crash(message = "out of luck") {
    this.onerror?.({ message, preventDefault() {} });
  }
  send(message) {
    if (!this.isDead) this.onmessage({ data: message });
  }
  report() {
    const nothing = { songFrame: this.songFrame, playing: this.isPlaying, peaks: [0, 0], underruns: 0, late: 0, lookAhead: 0, isStalled: false, waiting: [] };
    this.send({ type: "position", ...nothing });
  }
  /** Play, and report the position until it pauses. */
  #play() {
    if (this.isDead || this.isPlaying) return;
    this.isPlaying = true;
    const tick = () => {
      this.isPlaying &&= this.node.target !== null; // until its deck is closed
      if (!this.isPlaying) return;
      this.report();
      setTimeout(tick, 10);
    };
    setTimeout(tick, 10);
  }
  #answer({ type, id, at }) {
    if (failing.has(`${this.name} ${type}`)) {
      this.send({ type: "failed", id, error: { message: `no ${type}`, fatal: false } });
      return;
    }
    const values = { load: 8, "song-frame": 4800, stats: { fetched: 1, bytes: 1 } };
    this.send({ type: "done", id, value: values[type] });
    if (type !== "play" || at === undefined) return;
    come(`${this.name} scheduled`, () => {
      this.send({ type: "scheduled" });
      this.#play();
    });
  }
}

/** @param {URL} url */
async function fetchFile(url) {
  const name = String(url).split("/").at(-1);
  await new Promise((resolve) => come(name, () => resolve(null)));
  return failing.has(name) ? new Response("", { status: 404 }) : new Response(new Uint8Array(4));
}

class OfflineContext {
  async decodeAudioData() {
    return { numberOfChannels: 2, length: 4_800_000, sampleRate: 48000, getChannelData: () => new Float32Array(8) };
  }
}

/** Make this Node a browser. Must run before the player's modules are loaded. */
export function installBrowser() {
  const windows = class {
    constructor() {
      throw new Error("isolated");
    }
  };
  const page = {
    origin: "null", // of files, as these modules are
    document: { baseURI: "https://site.example/", addEventListener() {} },
    navigator: { deviceMemory: 8, hardwareConcurrency: 2, audioSession: { type: "auto" } },
    matchMedia: () => ({ matches: false }),
    BroadcastChannel: windows, fetch: fetchFile, Worker: FakeWorker,
    AudioContext: Context, OfflineAudioContext: OfflineContext, AudioWorkletNode: WorkletNode, GainNode: Node,
    AnalyserNode: Analyser, ChannelSplitterNode: Node, ChannelMergerNode: Node, AudioBufferSourceNode: Source,
  };
  for (const [name, value] of Object.entries(page)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

/** Begin anew: nothing is held, and nothing fails. */
export function reset() {
  release();
  failing.clear();
  for (const worker of FakeWorker.all) Object.assign(worker, { commands: [], asked: [], isPlaying: false });
}

/** The names of the decks that would be heard. */
export function sounding() {
  const workers = FakeWorker.all.filter(({ isPlaying, node }) => isPlaying && node.isHeard).map(({ name }) => name);
  const sources = [...Source.all].filter(({ isHeard }) => isHeard).map(() => "browser");
  return [...new Set([...sources, ...workers])].sort();
}

/** Let the worklet's processor throw that was made last. */
export function breakProcessor() {
  WorkletNode.all.at(-1).onprocessorerror();
}
