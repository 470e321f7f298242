// Python's thread: loads Pyodide, holds the session, and feeds the worklet.
/** @import { Request } from "../base/worker-host.js" */
/** @import { Keys, PageToWorker, WorkerToPage } from "./messages.js" */
/** @import { FeedSession } from "./feed.js" */
import { once } from "../base/once.js";
import { answerRequests } from "../base/worker-host.js";
import { startPython } from "../python/start.js";
import { Feed } from "./feed.js";
import { ATTACH, BOUNCE, APPLY, UNLOAD, LOADING, OPEN, PAUSE, PLAY, DIGEST, LOAD, MEASURE } from "./messages.js";

/**
 * session.py's Session.
 * @typedef {FeedSession & {
 *   load: (key: string, channels: Float32Array[]) => number,
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
/** @typedef {{ progress: number, destroy: () => void }} Task progress: from 0 to 1 */
/** @typedef {{ [Type in PageToWorker["type"]]: (message: Extract<PageToWorker, { type: Type }>, request: Request) => unknown }} Methods */

/** @type {{ session: Session, feed: Feed } | null} */
let open = null;

/** Load Pyodide, numpy and the engine; reports the progress to the page. */
const python = once(/** @returns {Promise<SessionClass>} */ async () => {
  let total = 1;
  const pyodide = await startPython((loaded, whole) => {
    total = whole;
    report({ type: LOADING, loaded, total });
  });
  const { Session } = pyodide.pyimport("pyodide_app.session");
  report({ type: LOADING, loaded: total, total });
  return Session;
});

/** @param {WorkerToPage} message */
function report(message) {
  postMessage(message);
}

/** The open session and its feed. */
function current() {
  if (!open) throw new Error("closed");
  return open;
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

/**
 * Run a task to its end, handling messages between its steps.
 * @template T
 * @param {Task} task @param {() => void} step @param {() => T} result @param {Request} request
 */
async function runToEnd(task, step, result, request) {
  try {
    while (task.progress < 1) {
      step();
      request.report(task.progress);
      await yieldToMessages();
      request.signal.throwIfAborted();
    }
    return result();
  } finally {
    task.destroy();
  }
}

/** @type {Methods} */
const methods = {
  async [OPEN]({ rate, frames, rows, bars, bpm }) {
    const Session = await python();
    open?.feed.close();
    open?.session.destroy();
    const session = Session(rate, frames, rows, bars, bpm);
    open = { session, feed: new Feed(session, rate, rows, report) };
  },
  [ATTACH]: ({ port }) => current().feed.attach(port),
  [LOAD]: ({ key, channels }) => current().session.load(key, channels),
  [UNLOAD]: ({ keys }) => {
    for (const key of keys) current().session.unload(key);
  },
  [APPLY]: ({ commands }) => current().feed.change(commands),
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
    return runToEnd(bounce, () => add(bounce.step()), () => new Blob(pieces, { type: "audio/wav" }), request);
  },
  [DIGEST]({ bits, keys, plain }, request) {
    const digest = current().session.digest.callKwargs(bits, toPython(keys), { plain });
    return runToEnd(digest, () => digest.step(), () => digest.hexdigest(), request);
  },
  [MEASURE]({ keys }, request) {
    const measurement = current().session.measure(toPython(keys));
    const figures = () => ({ integrated: measurement.integrated, range: measurement.range, truePeak: measurement.true_peak });
    return runToEnd(measurement, () => measurement.step(), figures, request);
  },
  [PLAY]: ({ at }) => current().feed.play(at),
  [PAUSE]: () => current().feed.pause(),
};

answerRequests(methods);
