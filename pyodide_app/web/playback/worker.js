// Python's worker: loads Pyodide, holds the session, and feeds the worklet.
/** @import { Request } from "../base/worker-host.js" */
/** @import { Command, Keys, PageToWorker, StreamToWorker, WorkerToPage } from "./messages.js" */
/** @import { PlayingSession } from "./session-renderer.js" */
import { once } from "../base/once.js";
import { answerRequests } from "../base/worker-host.js";
import { startPython } from "../python/start.js";
import { Feed } from "./feed.js";
import {
  APPLY, ATTACH, BOUNCE, CHUNKS, DIGEST, ENDED, STEM_LOADED, LINK, LOAD, LOADING, MEASURE, RENDER_POSITION, OPEN, PAUSE, PLAY, PLAYHEAD, POSITION, READY, STEM_FAILED,
  UNLOAD, CHUNK_REQUEST,
} from "./messages.js";
import { RemoteStems } from "./remote-stems.js";
import { isNotArrived, SessionRenderer } from "./session-renderer.js";

const MASTER_READINGS = 8; // of levels.py
const STEP_FRAMES = 1 << 16; // BLOCK_FRAMES of session.py

/**
 * session.py's Session.
 * @typedef {PlayingSession & {
 *   load: (key: string, channels: Float32Array[]) => number,
 *   stream: (key: string, fill: (chunk: number, target: Planar, isOffline: boolean) => boolean, channels: number, frames: number) => number,
 *   unload: (key: string) => void,
 *   bounce: (bits: number, keys: PythonKeys, tags: string) => Task & { header: () => Bytes, step: () => Bytes },
 *   digest: { callKwargs: (bits: number, keys: PythonKeys, options: { plain: boolean }) => Task & { step: () => void, hexdigest: () => string } },
 *   measure: (keys: PythonKeys) => Task & { step: () => void, integrated: number, range: number, true_peak: number },
 *   destroy: () => void,
 * }} Session
 */
/** @typedef {(rate: number, frames: number, rows: number, bars: number, bpm: number) => Session} SessionClass */
/** @typedef {(string | undefined)[]} PythonKeys undefined is Python's None */
/** @typedef {{ toJs: () => Uint8Array<ArrayBuffer>, destroy: () => void }} Bytes */
/** @typedef {{ progress: number, frame: number, destroy: () => void }} Task progress: from 0 to 1; frame: of the next step */
/** @typedef {{ getBuffer: (type: "f32") => { data: Float32Array, release: () => void } }} Planar samples in Python's memory, one channel after the other */
/** @typedef {{ Session: SessionClass, chunkFrames: number }} Python */
/** @typedef {{ [Type in PageToWorker["type"]]: (message: Extract<PageToWorker, { type: Type }>, request: Request) => unknown }} Methods */

/** A song, its session and its stems. */
class OpenSong {
  session;
  feed;
  #stems;
  #chunkFrames;
  /** @type {(string | null)[]} */
  #placed = []; // keys of the stems in the rows
  /** @type {MessagePort | null} */
  #port = null; // to the stream worker
  #arrival = Promise.withResolvers();

  /** @param {Python} python @param {Extract<PageToWorker, { type: typeof OPEN }>} song */
  constructor(python, { rate, frames, rows, bars, bpm }) {
    const { chunkFrames } = python;
    this.#chunkFrames = chunkFrames;
    this.#stems = new RemoteStems(chunkFrames, (places, purpose) => {
      this.#port?.postMessage({ type: CHUNK_REQUEST, places, purpose, chunkFrames });
    });
    this.session = python.Session(rate, frames, rows, bars, bpm);
    this.feed = new Feed(new SessionRenderer(this.session), rate, MASTER_READINGS + rows, {
      onPosition: (place) => {
        report({ type: POSITION, ...place });
        if (place.playing) this.#port?.postMessage({ type: PLAYHEAD, frame: place.songFrame });
      },
      onEnd: () => report({ type: ENDED }),
      onStart: (type) => report({ type }),
    });
  }

  /** @param {MessagePort} port */
  link(port) {
    this.#port = port;
    port.onmessage = ({ data }) => this.#receive(data);
  }

  /** @param {Command[]} commands */
  apply(commands) {
    for (const command of commands) if (command[0] === "place") this.#placed[command[1]] = command[2];
    this.#stems.use("playback", this.#placed.filter((key) => key !== null));
    this.feed.change(commands);
  }

  /** Resolves when playback can start without a stall. */
  async ready() {
    while (!this.feed.isPrimed) await this.#arrival.promise;
  }

  /** @param {string[]} keys */
  unload(keys) {
    for (const key of keys) {
      this.session.unload(key);
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
        await this.#step(task.frame, step);
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
    this.feed.close();
    this.#port?.close();
    this.session.destroy();
  }

  /**
   * Run a step of an offline render once its samples have arrived.
   * @param {number} frame its first @param {() => void} step
   */
  async #step(frame, step) {
    const [first, last] = [frame, frame + STEP_FRAMES].map((end) => Math.floor(end / this.#chunkFrames));
    while (!this.#stems.have(first, last + 1, "offline")) await this.#arrival.promise;
    try {
      step();
    } catch (error) {
      if (!isNotArrived(error)) throw error; // else it is repeated
      await this.#arrival.promise;
    }
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
    this.#arrival.resolve(null);
    this.#arrival = Promise.withResolvers();
    this.feed.continue();
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
    return this.session.stream(key, fill, channels, frames);
  }
}

/** @type {OpenSong | null} */
let song = null;

/** Load Pyodide, numpy and the engine; reports the progress to the page. */
const python = once(/** @returns {Promise<Python>} */ async () => {
  let total = 1;
  const pyodide = await startPython((loaded, whole) => {
    total = whole;
    report({ type: LOADING, loaded, total });
  });
  const { Session, CHUNK_FRAMES } = pyodide.pyimport("pyodide_app.session");
  report({ type: LOADING, loaded: total, total });
  return { Session, chunkFrames: CHUNK_FRAMES };
});

/** @param {WorkerToPage} message */
function report(message) {
  postMessage(message);
}

function current() {
  if (!song) throw new Error("closed");
  return song;
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

/** @param {Keys} keys */
function toPython(keys) {
  return keys.map((key) => key ?? undefined);
}

/** @type {Methods} */
const methods = {
  async [OPEN](message) {
    const loaded = await python();
    song?.close();
    song = new OpenSong(loaded, message);
  },
  [ATTACH]: ({ port }) => current().feed.attach(port),
  [LINK]: ({ port }) => current().link(port),
  [READY]: () => current().ready(),
  [LOAD]: ({ key, channels }) => current().session.load(key, channels),
  [UNLOAD]: ({ keys }) => current().unload(keys),
  [APPLY]: ({ commands }) => current().apply(commands),
  [BOUNCE]({ bits, keys, tags }, request) {
    /** @type {Uint8Array<ArrayBuffer>[]} */
    const pieces = [];
    /** @param {Bytes} bytes */
    const add = (bytes) => {
      pieces.push(bytes.toJs());
      bytes.destroy();
    };
    const bounce = current().session.bounce(bits, toPython(keys), JSON.stringify(tags));
    add(bounce.header());
    return current().runToEnd(keys, bounce, () => add(bounce.step()), () => new Blob(pieces, { type: "audio/wav" }), request);
  },
  [DIGEST]({ bits, keys, plain }, request) {
    const digest = current().session.digest.callKwargs(bits, toPython(keys), { plain });
    return current().runToEnd(keys, digest, () => digest.step(), () => digest.hexdigest(), request);
  },
  [MEASURE]({ keys }, request) {
    const measurement = current().session.measure(toPython(keys));
    const figures = () => ({ integrated: measurement.integrated, range: measurement.range, truePeak: measurement.true_peak });
    return current().runToEnd(keys, measurement, () => measurement.step(), figures, request);
  },
  [PLAY]: ({ at }) => current().feed.play(at),
  [PAUSE]: () => current().feed.pause(),
};

answerRequests(methods);
