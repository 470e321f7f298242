// Python's worker: loads Pyodide, holds the session, and feeds the worklet.
/** @import { Request } from "../base/worker-host.js" */
/** @import { Command, Keys, PageToWorker, Source, TakeKeys, WorkerToPage } from "./messages.js" */
/** @import { PythonKeys, Session, SessionClass } from "./python-session.js" */
import { once } from "../base/once.js";
import { answerRequests } from "../base/worker-host.js";
import { _ } from "../language/phrases.js";
import { startPython } from "../python/start.js";
import { exportMix, exportStems, exportTake } from "./exports.js";
import { Feed } from "./feed.js";
import {
  APPLIED, APPLY, ATTACH, BOUNCE, BOUNCE_TAKE, DIGEST, DIGEST_TAKE, ENDED, EXPORT_STEMS, FINISH, LINK, LOAD, LOADING, MEASURE, OPEN, PAUSE, PLAY,
  POSITION, READY, UNLOAD,
} from "./messages.js";
import { SessionRenderer } from "./session-renderer.js";
import { SessionStems } from "./session-stems.js";

const MASTER_READINGS = 8; // of levels.py

/** @typedef {{ Session: SessionClass, chunkFrames: number }} Python */
/** @typedef {{ [Type in PageToWorker["type"]]: (message: Extract<PageToWorker, { type: Type }>, request: Request) => unknown }} Methods */

/** A song, its session and its stems. */
class OpenSong {
  session;
  feed;
  stems;
  #chunkFrames;
  /** @type {(string | null)[]} */
  #placed = []; // keys of the stems in the rows

  /** @param {Python} python @param {Extract<PageToWorker, { type: typeof OPEN }>} song */
  constructor(python, { rate, frames, rows, bars, bpm }) {
    this.#chunkFrames = python.chunkFrames;
    this.session = python.Session(rate, frames, rows, bars, bpm);
    this.stems = new SessionStems(this.session, python.chunkFrames, () => this.feed.continue());
    this.feed = new Feed(new SessionRenderer(this.session), rate, MASTER_READINGS + rows, {
      onPosition: (place) => {
        report({ type: POSITION, ...place });
        if (place.playing) this.stems.follow(place.songFrame);
      },
      onApplied: (applied) => report({ type: APPLIED, ...applied }),
      onEnd: () => report({ type: ENDED }),
      onStart: (type) => report({ type }),
    });
  }

  /** @param {Command[]} commands */
  apply(commands) {
    for (const command of commands) {
      if (command[0] === "place") this.#placed[command[1]] = command[2];
      if (command[0] === "take") this.#placed = Object.values(command[2]); // it may play any of them at any time
    }
    this.stems.play(this.#placed.filter((key) => key !== null));
    this.feed.change(commands);
  }

  /** Resolves when playback can start without a stall. */
  async ready() {
    while (!this.feed.isPrimed) await this.stems.arrival;
  }

  /**
   * Render with the stems that play or, at their own rate, with others that a stream worker decodes.
   * @template T
   * @param {{ keys: Keys | TakeKeys, source?: Source }} stems @param {AbortSignal} signal
   * @param {(session: Session, stems: SessionStems) => Promise<T>} act
   */
  async render({ keys, source }, signal, act) {
    if (!source) return act(this.session, this.stems);
    const session = this.session.at_rate(source.rate, source.frames);
    const stems = new SessionStems(session, this.#chunkFrames);
    stems.link(source.port);
    try {
      await stems.loaded(Object.values(keys), signal);
      return await act(session, stems);
    } finally {
      stems.close();
      session.destroy();
    }
  }

  close() {
    this.feed.close();
    this.stems.close();
    this.session.destroy();
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
  if (!song) throw new Error(_("another song has been chosen"));
  return song;
}

/**
 * @param {Keys} keys
 * @returns {PythonKeys}
 */
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
  [LINK]: ({ port }) => current().stems.link(port),
  [READY]: () => current().ready(),
  [LOAD]: ({ key, channels }) => current().session.load(key, channels),
  [UNLOAD]: ({ keys }) => current().stems.unload(keys),
  [APPLY]: ({ commands }) => current().apply(commands),
  [BOUNCE]: (message, request) =>
    current().render(message, request.signal, (session, stems) => exportMix(session, stems, message, request)),
  [EXPORT_STEMS]: (message, request) =>
    current().render(message, request.signal, (session, stems) => exportStems(session, stems, message, request)),
  [DIGEST]: ({ bits, plain, ...mix }, request) =>
    current().render(mix, request.signal, (session, stems) => {
      const digest = session.digest.callKwargs(bits, toPython(mix.keys), { plain });
      return stems.runToEnd(mix.keys, digest, () => digest.step(), () => digest.hexdigest(), request);
    }),
  [BOUNCE_TAKE]: (message, request) =>
    current().render(message, request.signal, (session, stems) => exportTake(session, stems, message, request)),
  [DIGEST_TAKE]: ({ bits, text, ...take }, request) =>
    current().render(take, request.signal, (session, stems) => {
      const digest = session.digest_take(bits, text, JSON.stringify(take.keys));
      return stems.runToEnd(Object.values(take.keys), digest, () => digest.step(), () => digest.hexdigest(), request);
    }),
  [MEASURE]({ keys }, request) {
    const measurement = current().session.measure(toPython(keys));
    const figures = () => ({ integrated: measurement.integrated, range: measurement.range, truePeak: measurement.true_peak });
    return current().stems.runToEnd(keys, measurement, () => measurement.step(), figures, request);
  },
  [FINISH]: () => current().feed.finish(),
  [PLAY]: ({ at }) => current().feed.play(at),
  [PAUSE]: () => current().feed.pause(),
};

answerRequests(methods);
