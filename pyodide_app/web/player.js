// One song as the visitor hears it: fetches and decodes stems, and steers the worker and the worklet.
import {
  AT, ATTACH, BOUNCE, CHANGE, DONE, ENDED, FAILED, FORGET, LOADING, OPEN, PAUSE, PLAY, STEM,
} from "./messages.js";

const WORKER = new URL("worker.js", import.meta.url);
const WORKLET = new URL("worklet.js", import.meta.url);
const LOSSLESS = ":lossless";
const REST_SECONDS = 2; // how long after a pause the audio hardware is let go

/** The worker, asked and answered. There is one for the page: Python starts once. */
class Python extends EventTarget {
  #worker = new Worker(WORKER, { type: "module" });
  #asked = new Map();
  #last = 0;

  constructor() {
    super();
    this.#worker.onmessage = ({ data }) => this.#hear(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      const error = new Error(event.message || "the mixer's worker could not be loaded");
      for (const { reject } of this.#asked.values()) reject(error);
      this.#asked.clear();
      this.dispatchEvent(new CustomEvent(FAILED, { detail: error }));
    };
  }

  ask(type, message = {}, transfer = []) {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.#worker.postMessage({ ...message, type, id }, transfer);
    });
  }

  #hear({ type, id, value, message, ...rest }) {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (type === DONE) asked?.resolve(value);
    else if (type === FAILED) asked?.reject(new Error(lastLine(message)));
    else this.dispatchEvent(new CustomEvent(type, { detail: rest }));
  }
}

let python = null;
let hardware = null; // the AudioContext
let resting = 0;
let sounding = null; // the player that the worker belongs to

/** Have sound at a sample rate, in Hz. Call it in the gesture's own handler. */
export function wake(rate) {
  clearTimeout(resting);
  if (hardware?.sampleRate !== rate) {
    hardware?.close();
    hardware = new AudioContext({ sampleRate: rate, latencyHint: "interactive" });
  }
  hardware.resume();
  return hardware;
}

/** Let the audio hardware go in a while. */
function rest() {
  clearTimeout(resting);
  resting = setTimeout(() => hardware.suspend(), REST_SECONDS * 1000);
}

/** Adds up what several downloads have brought, and tells of it. */
class Loading {
  #parts = new Map();
  #tell;

  constructor(tell) {
    this.#tell = tell;
  }

  set(part, loaded, total) {
    this.#parts.set(part, { loaded, total });
    const sum = (key) => [...this.#parts.values()].reduce((all, each) => all + each[key], 0);
    const waiting = [...this.#parts].filter(([, each]) => each.loaded < each.total);
    this.#tell({ loaded: sum("loaded"), total: sum("total"), waiting: waiting.map(([name]) => name) });
  }
}

/**
 * Events: "loading" {loaded, total, waiting}, "state" {state, reason}, "at" {seconds, playing, peaks}.
 * States: "idle", "loading", "ready", "playing", "paused", "failed".
 */
export class Player extends EventTarget {
  /** What counts: blocks that were missing, changes that came late, and the frames kept ready. */
  stats = { underruns: 0, late: 0, lookAhead: 0, bytes: 0, seconds: 0 };
  state = "idle";
  #song;
  #root;
  #rows;
  #master = 0;
  #loop = null;
  #frame = 0;
  #opened = null; // a promise: the worker has the song, and the stems that are chosen
  #held = new Map(); // key of a stem -> a promise of its bytes in the worker
  #loading = new Loading((detail) => this.#tell("loading", detail));
  #node = null;
  #attached = null; // a promise: the worker has a way to the worklet of #node
  #wanted = false; // the visitor wants to hear it
  #closed = new AbortController();

  /** `song` is what data/songs/<song>.json holds; `root` is the site's root; a row for each layer. */
  constructor(song, root, rows) {
    super();
    this.#song = song;
    this.#root = root;
    this.#rows = rows;
    python ??= new Python();
    this.#listen(AT, (detail) => this.#hear(detail));
    this.#listen(ENDED, () => this.stop());
    this.#listen(FAILED, (error) => this.#fail(error));
    this.#listen(LOADING, ({ loaded, total }) => this.#loading.set("Python", loaded, total));
  }

  /** The last node before the loudspeakers. */
  get outputNode() {
    return this.#node;
  }

  /** Settles when all that is chosen has been loaded. */
  get ready() {
    return this.prepare();
  }

  /** Load Python and the chosen stems; it may be asked for again and again. */
  prepare() {
    if (sounding !== this) {
      sounding?.#evict();
      sounding = this;
    }
    if (!this.#opened) {
      const started = performance.now();
      this.#become("loading");
      this.#opened = this.#open().then(
        () => {
          this.stats.seconds = (performance.now() - started) / 1000;
          this.#become("ready");
        },
        (error) => {
          this.#opened = null;
          this.#fail(error);
          throw error;
        },
      );
    }
    return this.#opened;
  }

  /** Call it in the gesture's own handler, or call `wake` there. */
  async play() {
    this.#wanted = true;
    const context = wake(this.#song.rate);
    await this.prepare();
    await this.#attach(context);
    if (!this.#wanted || sounding !== this) return;
    await python.ask(PLAY);
    this.#become("playing");
  }

  pause() {
    this.#wanted = false;
    if (this.state !== "playing") return;
    python.ask(PAUSE);
    this.#become("paused");
    rest();
  }

  stop() {
    this.pause();
    this.seek(0);
  }

  /** Go on from a place in the song, in seconds. */
  seek(seconds) {
    this.#frame = Math.max(0, Math.min(this.#song.frames - 1, Math.round(seconds * this.#song.rate)));
    this.#change(["locate", this.#frame]);
    this.#tellPlace({ playing: this.state === "playing", peaks: [0, 0] });
  }

  /** Repeat from one place to another, in seconds; nothing: play to the end. */
  loop(start, end) {
    const frames = [start, end].map((seconds) => Math.round(seconds * this.#song.rate));
    this.#loop = start === undefined ? null : [frames[0], Math.min(frames[1], this.#song.frames)];
    this.#change(this.#loopCommand);
  }

  master(volume) {
    this.#master = volume;
    this.#change(["master", volume]);
  }

  /** Set a row's volume in dB, pan, mute or solo. */
  adjust(row, settings) {
    Object.assign(this.#rows[row], settings);
    this.#change(this.#adjustCommand(row));
  }

  /** Let another stem of the layer sound, as soon as it is there. */
  async choose(row, stem) {
    this.#rows[row].stem = stem;
    if (!this.#opened) return;
    try {
      await this.#opened;
      const key = this.#key(row);
      await this.#hold(key, this.#file(row, stem));
      if (this.#key(row) === key) this.#change(["place", row, key]);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** SHA-256 of the mix as it is set, from its first frame to its last, in words of 16 or 24 bits. */
  async digest(bits) {
    await this.prepare();
    const keys = [];
    for (const row of this.#rows.keys()) {
      const { slug, lossless } = this.#stem(row, this.#rows[row].stem);
      const key = lossless ? `${this.#layer(row).slug}/${slug}${LOSSLESS}` : this.#key(row);
      keys.push(key);
      if (lossless) await this.#hold(key, lossless);
    }
    const digest = await python.ask(BOUNCE, { bits, keys });
    this.#release(keys.filter((key) => key.endsWith(LOSSLESS)));
    return digest;
  }

  /** Let go of everything; the player is of no use afterwards. */
  close() {
    this.#closed.abort();
    if (sounding !== this) return;
    this.#evict();
    sounding = null;
  }

  async #open() {
    const { rate, frames, layers } = this.#song;
    const keys = this.#rows.map((_, row) => this.#key(row));
    const files = this.#rows.map(({ stem }, row) => this.#file(row, stem));
    const decoded = keys.map((key, row) => this.#fetch(key, files[row]));
    decoded.forEach((promise) => promise.catch(() => {})); // it is awaited below, and later
    await python.ask(OPEN, { rate, frames, rows: layers.length });
    this.#held.clear();
    this.stats.bytes = 0;
    await Promise.all(keys.map((key, row) => this.#hold(key, files[row], decoded[row])));
    // What has been chosen while it loaded comes after this, by its own promise.
    await python.ask(CHANGE, {
      commands: [
        ...keys.map((key, row) => ["place", row, key]),
        ...keys.map((_, row) => this.#adjustCommand(row)),
        ["master", this.#master],
        this.#loopCommand,
        ["locate", this.#frame],
      ],
    });
  }

  /** Have a stem in the worker; a failure is forgotten, so that it can be tried again. */
  #hold(key, file, decoded = null) {
    if (!this.#held.has(key)) {
      const held = (decoded ?? this.#fetch(key, file)).then((channels) =>
        python.ask(STEM, { key, channels }, channels.map((channel) => channel.buffer)),
      );
      held.then((bytes) => { this.stats.bytes += bytes; }, () => this.#held.delete(key));
      this.#held.set(key, held);
    }
    return this.#held.get(key);
  }

  #release(keys) {
    for (const key of keys) {
      this.#held.get(key)?.then((bytes) => { this.stats.bytes -= bytes; });
      this.#held.delete(key);
    }
    python.ask(FORGET, { keys });
  }

  async #fetch(key, file) {
    const name = key.split("/").at(-1).replace(LOSSLESS, "");
    const tell = (loaded) => this.#loading.set(key, loaded, file.bytes);
    tell(0);
    try {
      const bytes = await download(new URL(`${this.#root}${file.url}`, document.baseURI), tell);
      tell(file.bytes);
      return await decode(bytes, this.#song.rate);
    } catch (error) {
      tell(file.bytes);
      throw new Error(`the stem ${name} cannot be played: ${error.message}`, { cause: error });
    }
  }

  #attach(context) {
    if (this.#node?.context !== context) this.#attached = null;
    this.#attached ??= this.#connect(context).catch((error) => {
      this.#attached = null;
      throw error;
    });
    return this.#attached;
  }

  async #connect(context) {
    await context.audioWorklet.addModule(WORKLET);
    const output = { numberOfInputs: 0, outputChannelCount: [2] };
    this.#node = new AudioWorkletNode(context, "stempress-output", output);
    const { port1, port2 } = new MessageChannel();
    this.#node.port.postMessage(port1, [port1]);
    this.#node.connect(context.destination);
    await python.ask(ATTACH, { port: port2 }, [port2]);
  }

  /** Another song has the worker now. */
  #evict() {
    this.#opened = this.#attached = null;
    this.#wanted = false;
    this.#node?.disconnect();
    this.#node = null;
    this.#become("idle");
  }

  #listen(type, hear) {
    const { signal } = this.#closed;
    python.addEventListener(type, ({ detail }) => sounding === this && hear(detail), { signal });
  }

  #change(command) {
    if (this.#opened) {
      const now = () => sounding === this && python.ask(CHANGE, { commands: [command] });
      this.#opened.then(now).catch((error) => this.#fail(error));
    }
  }

  #hear({ songFrame, playing, peaks, ...counts }) {
    Object.assign(this.stats, counts);
    if (songFrame >= 0) this.#frame = songFrame;
    this.#tellPlace({ playing, peaks });
  }

  #tellPlace(detail) {
    this.#tell("at", { seconds: this.#frame / this.#song.rate, ...detail });
  }

  #become(state, reason = "") {
    this.state = state;
    this.#tell("state", { state, reason });
  }

  #fail(error) {
    this.#wanted = false;
    this.#become("failed", error.message);
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #layer(row) {
    return this.#song.layers[row];
  }

  #stem(row, slug) {
    return this.#layer(row).stems.find((stem) => stem.slug === slug);
  }

  #file(row, slug) {
    return this.#stem(row, slug).audio;
  }

  #key(row) {
    return `${this.#layer(row).slug}/${this.#rows[row].stem}`;
  }

  #adjustCommand(row) {
    const { volume, pan, mute, solo } = this.#rows[row];
    return ["adjust", row, volume, pan, mute, solo];
  }

  get #loopCommand() {
    return this.#loop ? ["loop", ...this.#loop] : ["loop"];
  }
}

/** Fetch a file, telling how many bytes have come. */
async function download(address, tell) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address.pathname.split("/").at(-1)} is not there (${answer.status})`);
  const pieces = [];
  let loaded = 0;
  for (const reader = answer.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return new Blob(pieces).arrayBuffer();
    pieces.push(value);
    tell((loaded += value.byteLength));
  }
}

/** Decode a file at a rate, without a gesture and without touching the audio hardware. */
async function decode(bytes, rate) {
  const buffer = await new OfflineAudioContext(1, 1, rate).decodeAudioData(bytes);
  return Array.from({ length: buffer.numberOfChannels }, (_, at) => buffer.getChannelData(at).slice());
}

/** Of a Python traceback, what was wrong. */
function lastLine(message) {
  return message.trim().split("\n").at(-1);
}
