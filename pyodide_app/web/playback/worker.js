// Python's thread: loads Pyodide, keeps the session, and sends blocks to the worklet ahead of time.
import { once } from "../base/once.js";
import { answerRequests } from "../base/worker-host.js";
import { startPython } from "../python/start.js";
import {
  ARMED, AT, ATTACH, BLOCK, BOUNCE, CHANGE, ENDED, FORGET, LATE, LOADING, MISSED, OPEN, PAUSE, PLAY, PROVE,
  REPORT, RESET, STEM, SURVEY, TAKEN,
} from "./messages.js";

const BLOCK_FRAMES = 2048;
const LOOK_AHEAD = 12288; // safety alone: a change is rendered anew, whatever is queued
const LOOK_AHEAD_MOST = 49152; // what the ring holds, less a few blocks
const MARGIN_MOST = 4096;
const MARGIN = 512; // frames between what sounds now and the first that a change may touch
const FIGURES = 8; // MASTER_READINGS of levels.py

/** Blocks for the worklet: which frame comes next, and when a change may begin. */
class Feed {
  #session;
  #rate;
  #port = null;
  #state = PAUSE; // PLAY, PAUSE, or "pausing" until the worklet has faded out
  #position = 0;
  #positionAt = 0; // when the position was so
  #next = 0; // the first frame that has not been rendered
  #lookAhead = LOOK_AHEAD;
  #margin = MARGIN;
  #underruns = 0;
  #late = 0;
  #commands = []; // what waits for its turn
  #levels; // MASTER_READINGS of levels.py, then a peak for each row
  #waiting = []; // rows whose stems change with the next bar
  #awaited = null; // the first frame of a change that the worklet has not answered yet
  #spare = [];

  constructor(session, rate, rows) {
    this.#session = session;
    this.#rate = rate;
    this.#levels = new Float32Array(FIGURES + rows);
  }

  attach(port) {
    this.#port = port;
    port.onmessage = ({ data }) => this.#hear(data);
  }

  close() {
    this.#port?.close();
  }

  change(commands) {
    this.#commands.push(...commands);
    this.#turn();
  }

  play(at) {
    if (this.#state === PAUSE) {
      this.#session.rebase(this.#position);
      this.#session.reset_levels();
      this.#position = this.#next = 0;
      this.#port.postMessage({ type: RESET });
    }
    this.#state = PLAY;
    this.#positionAt = performance.now();
    this.#turn();
    this.#port.postMessage({ type: PLAY, at });
  }

  pause() {
    if (this.#state !== PLAY) return;
    this.#state = "pausing";
    this.#port.postMessage({ type: PAUSE });
  }

  #hear({ type, frame, samples, ...message }) {
    if (samples) this.#spare.push(samples);
    const answered = frame !== undefined && frame === this.#awaited;
    switch (type) {
      case TAKEN:
        if (!answered) break;
        this.#awaited = null;
        this.#margin = Math.max(MARGIN, this.#margin - MARGIN / 4);
        this.#turn();
        break;
      case LATE:
        this.#see(message.position);
        if (answered) this.#again(message.end);
        break;
      case ARMED:
        postMessage({ type });
        break;
      case MISSED:
        this.#state = PAUSE;
        postMessage({ type });
        break;
      case REPORT:
        this.#report(message);
        break;
    }
  }

  #report({ position, playing, peaks, underruns }) {
    this.#see(position);
    if (underruns > this.#underruns) this.#lookAhead = Math.min(LOOK_AHEAD_MOST, this.#lookAhead * 2);
    this.#underruns = underruns;
    if (!playing && this.#state === "pausing") this.#state = PAUSE;
    this.#turn();
    const songFrame = this.#tell({ playing, peaks });
    if (songFrame < 0 && this.#state === PLAY) {
      this.pause();
      postMessage({ type: ENDED });
    }
  }

  #tell({ playing = false, peaks = [0, 0] }) {
    const songFrame = this.#session.song_frame(this.#position);
    const [underruns, lookAhead, late, levels] = [this.#underruns, this.#lookAhead, this.#late, this.#levels];
    if (playing) this.#session.levels(this.#position, levels);
    if (this.#waiting.length) this.#waiting = JSON.parse(this.#session.pending_swaps(this.#position));
    const waiting = this.#waiting;
    postMessage({ type: AT, songFrame, playing, peaks, underruns, lookAhead, late, levels, waiting });
    return songFrame;
  }

  #see(position) {
    this.#position = position;
    this.#positionAt = performance.now();
  }

  /** Obey the commands that wait, unless the change before them is still on its way. */
  #turn() {
    if (this.#commands.length && this.#awaited === null && this.#state !== "pausing") this.#obey();
    if (this.#awaited !== null || this.#state !== PLAY) return;
    while (this.#next < this.#position + this.#lookAhead) this.#send();
  }

  #obey() {
    const commands = this.#commands;
    this.#commands = [];
    this.#waiting.push(...commands.filter((each) => each[3] === "bar").map(([, row]) => row));
    if (this.#state === PAUSE) {
      this.#session.rebase(this.#position);
      this.#position = 0;
      this.#session.apply_commands(JSON.stringify(commands), 0);
      this.#tell({});
    } else {
      this.#next = this.#soonest();
      this.#session.apply_commands(JSON.stringify(commands), this.#next);
      // Where nothing has been played yet, nothing can be late.
      if (this.#next > 0) this.#awaited = this.#next;
      this.#send();
    }
  }

  /** Obey the last commands a little later: their first block came after its time. What is queued has an `end`. */
  #again(end) {
    this.#late++;
    this.#margin = Math.min(MARGIN_MOST, this.#margin * 2);
    this.#next = this.#awaited = this.#soonest(end);
    this.#session.reapply(this.#next);
    this.#send();
  }

  /** The first frame that a change can still reach; no later than `end`, up to which something is queued. */
  #soonest(end = this.#next) {
    const passed = ((performance.now() - this.#positionAt) * this.#rate) / 1000;
    return Math.min(end, this.#position + Math.ceil(passed) + this.#margin);
  }

  #send() {
    const samples = this.#spare.pop() ?? new Float32Array(2 * BLOCK_FRAMES);
    this.#session.render(this.#next, samples);
    this.#port.postMessage({ type: BLOCK, frame: this.#next, samples }, [samples.buffer]);
    this.#next += BLOCK_FRAMES;
  }
}

let session = null;
let feed = null;

/** Load Pyodide, numpy and the engine, and tell the page how much has come; a promise of the class Session. */
const python = once(async () => {
  let total = 1;
  const pyodide = await startPython((loaded, whole) => {
    total = whole;
    postMessage({ type: LOADING, loaded, total });
  });
  const { Session } = pyodide.pyimport("pyodide_app.session");
  postMessage({ type: LOADING, loaded: total, total });
  return Session;
});

/** Let the messages that wait be heard. */
function breathe() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** Say None, as Python knows it, for rows in which nothing is heard. */
function heard(keys) {
  return keys.map((key) => key ?? undefined);
}

/** Take a whole mix piece by piece, between the messages; return what `result` says at its end. */
async function whole(mix, step, result, { signal, report }) {
  try {
    while (mix.progress < 1) {
      step();
      report(mix.progress);
      await breathe();
      signal.throwIfAborted();
    }
    return result();
  } finally {
    mix.destroy();
  }
}

answerRequests({
  async [OPEN]({ rate, frames, rows, bars, bpm }) {
    const Session = await python();
    feed?.close();
    session?.destroy();
    session = Session(rate, frames, rows, bars, bpm);
    feed = new Feed(session, rate, rows);
  },
  [ATTACH]: ({ port }) => feed.attach(port),
  [STEM]: ({ key, channels }) => session.load(key, channels),
  [FORGET]: ({ keys }) => keys.forEach((key) => session.unload(key)),
  [CHANGE]: ({ commands }) => feed.change(commands),
  async [BOUNCE]({ bits, keys, tags }, request) {
    const pieces = [];
    const take = (bytes) => {
      pieces.push(bytes.toJs());
      bytes.destroy();
    };
    const bounce = session.bounce(bits, heard(keys), JSON.stringify(tags));
    take(bounce.header());
    const file = () => new Blob(pieces, { type: "audio/wav" });
    return whole(bounce, () => take(bounce.step()), file, request);
  },
  [PROVE]: ({ bits, keys, plain }, request) => {
    const digest = session.digest.callKwargs(bits, heard(keys), { plain });
    return whole(digest, () => digest.step(), () => digest.hexdigest(), request);
  },
  [SURVEY]: ({ keys }, request) => {
    const measurement = session.measure(heard(keys));
    const figures = () => ({
      integrated: measurement.integrated, range: measurement.range, truePeak: measurement.true_peak,
    });
    return whole(measurement, () => measurement.step(), figures, request);
  },
  [PLAY]: ({ at }) => feed.play(at),
  [PAUSE]: () => feed.pause(),
});
