// Keeps the worklet supplied with blocks: which frame comes next, when a change may begin, and when to wait for data.
/** @import { Command, Report, WorkletToWorker } from "./messages.js" */
import { NotArrived } from "../streaming/stem-source.js";
import { SCHEDULED, BLOCK, LATE, MISSED, PAUSE, PLAY, REPORT, RESET, STALL, QUEUED } from "./messages.js";

export const BLOCK_FRAMES = 2048;
const LOOK_AHEAD = 12288; // for safety alone: after a change, blocks are rendered again, whatever is queued
const MOST_LOOK_AHEAD = 49152; // what the ring holds, less a few blocks
const MARGIN = 512; // frames from what sounds now to the first that a change may touch
const MOST_MARGIN = 4096;

/**
 * Renders blocks of a song. Frames are absolute; `render` and the like throw NotArrived.
 * @typedef {object} Renderer
 * @property {(frame: number, samples: Float32Array) => void} render left, then right
 * @property {(commands: Command[], frame: number) => void} applyCommands
 * @property {(frame: number) => void} reapply undo the last commands and apply them from a later frame on
 * @property {(frame: number) => void} rebase make a frame the new frame 0
 * @property {(frame: number) => number} songFrame -1: after the end
 * @property {(frame: number) => number[]} pendingSwaps rows whose stems change later
 * @property {(frame: number, levels: Float32Array) => void} readLevels
 * @property {() => void} resetLevels
 */
/**
 * @typedef {object} Handlers
 * @property {(place: { songFrame: number, position: number, playing: boolean, peaks: [number, number], underruns: number, lookAhead: number, late: number, isStalled: boolean, levels: Float32Array, waiting: number[] }) => void} onPosition
 * @property {() => void} onEnd
 * @property {(type: typeof SCHEDULED | typeof MISSED) => void} onStart
 */

export class Feed {
  #renderer;
  #rate;
  #handlers;
  /** @type {MessagePort | null} */
  #port = null;
  /** @type {typeof PLAY | typeof PAUSE | "pausing"} */
  #state = PAUSE; // "pausing": the worklet is fading out
  #position = 0;
  #contextFrame = 0; // of the context, at the position
  #positionAt = 0; // the time of the position
  #next = 0; // the first frame that has not been rendered
  #lookAhead = LOOK_AHEAD;
  #margin = MARGIN;
  #underruns = 0;
  #late = 0;
  /** @type {Command[]} */
  #commands = []; // to be applied
  #levels;
  /** @type {number | null} */
  #awaited = null; // the first frame of a change that the worklet has not answered
  #isStalled = false;
  /** @type {Float32Array<ArrayBuffer>[]} */
  #spare = [];

  /** @param {Renderer} renderer @param {number} rate @param {number} readings of the meters @param {Handlers} handlers */
  constructor(renderer, rate, readings, handlers) {
    this.#renderer = renderer;
    this.#rate = rate;
    this.#handlers = handlers;
    this.#levels = new Float32Array(readings);
  }

  get isPlaying() {
    return this.#state === PLAY;
  }

  get isStalled() {
    return this.#isStalled;
  }

  /** The song's frame that sounds now. */
  get songFrame() {
    return this.#renderer.songFrame(this.#position);
  }

  /**
   * The song's frame that will sound at a frame of the context, if nothing changes before.
   * @param {number} contextFrame
   */
  songFrameAt(contextFrame) {
    return this.#renderer.songFrame(this.#position + Math.max(0, contextFrame - this.#contextFrame));
  }

  /** @param {MessagePort} port to the worklet */
  attach(port) {
    this.#port = port;
    port.onmessage = ({ data }) => this.#receive(data);
  }

  close() {
    this.#port?.close();
    this.#port = null;
  }

  /** @param {Command[]} commands */
  change(commands) {
    this.#commands.push(...commands);
    this.continue();
  }

  /** @param {number} [at] the context's frame to start at */
  play(at) {
    if (this.#state === PAUSE) {
      this.#renderer.rebase(this.#position);
      this.#renderer.resetLevels();
      this.#position = this.#next = 0;
      this.#post({ type: RESET });
    }
    this.#state = PLAY;
    this.#positionAt = performance.now();
    this.continue();
    this.#post({ type: PLAY, at });
  }

  pause() {
    if (this.#state !== PLAY) return;
    this.#state = "pausing";
    this.#post({ type: PAUSE });
  }

  /** Whether playback can start without a stall. */
  get isPrimed() {
    const samples = new Float32Array(2 * BLOCK_FRAMES);
    try {
      for (let frame = this.#next; frame < this.#next + this.#lookAhead; frame += BLOCK_FRAMES) this.#renderer.render(frame, samples);
    } catch (error) {
      if (error instanceof NotArrived) return false;
      throw error;
    }
    return true;
  }

  /** Render what is due, as far as its samples have arrived; called again whenever more have. */
  continue() {
    if (this.#commands.length && this.#awaited === null && this.#state !== "pausing") this.#applyCommands();
    if (this.#awaited !== null || this.#state !== PLAY) return;
    try {
      while (this.#next < this.#position + this.#lookAhead) this.#send();
      this.#stall(false);
    } catch (error) {
      if (!(error instanceof NotArrived)) throw error;
      this.#stall(true);
    }
  }

  /** @param {WorkletToWorker} message */
  #receive(message) {
    if ("samples" in message && message.samples) this.#spare.push(message.samples);
    const isAnswer = "frame" in message && message.frame === this.#awaited;
    switch (message.type) {
      case QUEUED:
        if (!isAnswer) break;
        this.#awaited = null;
        this.#margin = Math.max(MARGIN, this.#margin - MARGIN / 4);
        this.continue();
        break;
      case LATE:
        this.#see(message.position);
        if (isAnswer) this.#tryLater(message.end);
        break;
      case SCHEDULED:
        this.#handlers.onStart(SCHEDULED);
        break;
      case MISSED:
        this.#state = PAUSE;
        this.#handlers.onStart(MISSED);
        break;
      case REPORT:
        this.#report(message);
        break;
    }
  }

  /** @param {Report} report */
  #report({ position, contextFrame, playing, peaks, underruns }) {
    this.#see(position);
    this.#contextFrame = contextFrame;
    if (underruns > this.#underruns) this.#lookAhead = Math.min(MOST_LOOK_AHEAD, this.#lookAhead * 2);
    this.#underruns = underruns;
    if (!playing && this.#state === "pausing") this.#state = PAUSE;
    this.continue();
    const songFrame = this.#reportPosition({ playing, peaks });
    if (songFrame < 0 && this.#state === PLAY) {
      this.pause();
      this.#handlers.onEnd();
    }
  }

  /** @param {{ playing?: boolean, peaks?: [number, number] }} report */
  #reportPosition({ playing = false, peaks = [0, 0] }) {
    const position = this.#position;
    const songFrame = this.#renderer.songFrame(position);
    if (playing) this.#readLevels(position);
    this.#handlers.onPosition({
      songFrame, position, playing, peaks, underruns: this.#underruns, lookAhead: this.#lookAhead, late: this.#late,
      isStalled: this.#isStalled, levels: this.#levels, waiting: this.#renderer.pendingSwaps(position),
    });
    return songFrame;
  }

  /** @param {number} position */
  #readLevels(position) {
    try {
      this.#renderer.readLevels(position, this.#levels);
    } catch (error) {
      if (!(error instanceof NotArrived)) throw error; // else the last levels stay, as while playback is stalled
    }
  }

  /** @param {number} position */
  #see(position) {
    this.#position = position;
    this.#positionAt = performance.now();
  }

  #applyCommands() {
    const commands = this.#commands;
    this.#commands = [];
    if (this.#state === PAUSE) {
      this.#renderer.rebase(this.#position);
      this.#position = 0;
      this.#renderer.applyCommands(commands, 0);
      this.#reportPosition({});
      return;
    }
    this.#next = this.#soonest();
    this.#renderer.applyCommands(commands, this.#next);
    this.#sendChange();
  }

  /**
   * Reapply the last commands at a later frame: their first block was late.
   * @param {number} end of what is queued
   */
  #tryLater(end) {
    this.#late++;
    this.#margin = Math.min(MOST_MARGIN, this.#margin * 2);
    this.#next = this.#soonest(end);
    this.#renderer.reapply(this.#next);
    this.#sendChange();
  }

  /** Send the first block of a change. Where its samples have not arrived, what is queued from there on must not sound. */
  #sendChange() {
    const frame = this.#next;
    try {
      this.#send();
    } catch (error) {
      if (!(error instanceof NotArrived)) throw error;
      this.#post({ type: STALL, frame });
      this.#isStalled = true;
    }
    if (frame > 0) this.#awaited = frame; // at frame 0 nothing has been played, so nothing can be late
  }

  /** The first frame that a change can still reach; no later than `end`, up to which something is queued. */
  #soonest(end = this.#next) {
    const passed = ((performance.now() - this.#positionAt) * this.#rate) / 1000;
    return Math.min(end, this.#position + Math.ceil(passed) + this.#margin);
  }

  #send() {
    const samples = this.#spare.pop() ?? new Float32Array(2 * BLOCK_FRAMES);
    try {
      this.#renderer.render(this.#next, samples);
    } catch (error) {
      this.#spare.push(samples);
      throw error;
    }
    this.#post({ type: BLOCK, frame: this.#next, samples }, [samples.buffer]);
    this.#next += BLOCK_FRAMES;
  }

  /** @param {boolean} isStalled */
  #stall(isStalled) {
    if (this.#isStalled === isStalled) return;
    this.#isStalled = isStalled;
    this.#post({ type: STALL, frame: isStalled ? this.#next : -1 });
    this.#reportPosition({ playing: true });
  }

  /** @param {import("./messages.js").WorkerToWorklet} message @param {ArrayBuffer[]} [transfer] */
  #post(message, transfer = []) {
    this.#port?.postMessage(message, transfer);
  }
}
