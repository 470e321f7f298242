// Feeds the worklet: renders blocks ahead of time, decides at which frame commands take effect, and when to wait for samples.
/** @import { Applied, Command, Position, Report, WorkerToWorklet, WorkletToWorker } from "./messages.js" */
import { NotArrived } from "../streaming/stem-source.js";
import { SCHEDULED, BLOCK, LATE, MISSED, PAUSE, PLAY, REPORT, RESET, STALL, QUEUED } from "./messages.js";

const BLOCK_FRAMES = 2048;
const LOOK_AHEAD = 12288; // frames; adds no latency, since queued blocks are replaced after a command
export const LOOK_AHEAD_MOST = 49152; // the worklet's ring buffer, less a few blocks
const START_FRAMES = 12288; // that must be there before playback starts, or goes on after a stall
const MARGIN = 512; // frames from the current position to the first that a command may change
const MARGIN_MOST = 4096;

/**
 * Renders blocks of a song. Frames count from the last rebase. Methods throw NotArrived where samples are missing.
 * @typedef {object} Renderer
 * @property {(frame: number, samples: Float32Array) => void} render left, then right
 * @property {(commands: Command[], frame: number) => void} applyCommands
 * @property {(frame: number) => void} reapply apply the last commands at a later frame instead
 * @property {(frame: number) => void} rebase make a frame the new frame 0
 * @property {(frame: number) => number} songFrame -1: after the end
 * @property {(frame: number) => number[]} pendingSwaps rows whose stems change later
 * @property {(frame: number, levels: Float32Array) => void} readLevels
 * @property {() => void} resetLevels
 */
/**
 * @typedef {object} Handlers
 * @property {(position: Position & { levels: Float32Array }) => void} onPosition
 * @property {(applied: Applied) => void} onApplied
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
  #positionTime = 0; // when the position was reported
  #next = 0; // the next frame to render
  #end = 0; // of the frames that were posted to the worklet
  /** @type {{ frame: number, samples: Float32Array<ArrayBuffer> }[]} */
  #held = []; // rendered, but too few to be played
  #lookAhead;
  #margin = MARGIN;
  #underruns = 0;
  #late = 0;
  /** @type {Command[]} */
  #commands = []; // not applied yet
  /** @type {Command[]} */
  #applied = []; // last, and perhaps too late
  #levels; // MASTER_READINGS of levels.py, then a peak for each row
  /** @type {number[]} */
  #waiting = []; // rows whose stems change later
  /** @type {number | null} */
  #unconfirmed = null; // first frame of a change that the worklet has not confirmed
  #isStalled = false;
  /** @type {Float32Array<ArrayBuffer>[]} */
  #spare = [];

  /**
   * @param {Renderer} renderer @param {number} rate @param {number} readings of the meters @param {Handlers} handlers
   * @param {number} [lookAhead] in frames
   */
  constructor(renderer, rate, readings, handlers, lookAhead = LOOK_AHEAD) {
    this.#lookAhead = lookAhead;
    this.#renderer = renderer;
    this.#rate = rate;
    this.#handlers = handlers;
    this.#levels = new Float32Array(readings);
  }

  /** The song's frame at the current position. */
  get songFrame() {
    return this.#renderer.songFrame(this.#position);
  }

  /**
   * The song's frame that will be heard at a frame of the context, unless a command comes before.
   * @param {number} contextFrame
   */
  songFrameAt(contextFrame) {
    return this.#renderer.songFrame(this.#position + Math.max(0, contextFrame - this.#contextFrame));
  }

  /** @param {MessagePort} port of the worklet */
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
      this.#position = 0;
      this.#isStalled = false;
      this.#rewind(0);
      this.#post({ type: RESET });
      this.#reportApplied([], 0, true);
    }
    this.#state = PLAY;
    this.#positionTime = performance.now();
    this.continue();
    this.#post({ type: PLAY, at });
  }

  pause() {
    if (this.#state !== PLAY) return;
    this.#state = "pausing";
    this.#post({ type: PAUSE });
  }

  /** Queue the rest of the song, if it is short enough; returns whether all of it is queued. */
  finish() {
    this.#lookAhead = LOOK_AHEAD_MOST;
    this.continue();
    return this.#state === PLAY && this.#unconfirmed === null && this.#renderer.songFrame(this.#end) < 0;
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

  /** Apply pending commands, unless the previous change is unconfirmed; then render ahead, as far as samples have arrived. */
  continue() {
    if (this.#commands.length && this.#unconfirmed === null && this.#state !== "pausing") this.#applyCommands();
    if (this.#unconfirmed !== null || this.#state !== PLAY) return;
    try {
      while (this.#next < this.#position + this.#lookAhead) {
        this.#render();
        if (!this.#isWaiting || this.#next - this.#end >= START_FRAMES) this.#postHeld();
      }
      this.#postHeld();
      this.#stall(false);
    } catch (error) {
      if (!(error instanceof NotArrived)) throw error;
      this.#stall(true);
    }
  }

  /** @param {WorkletToWorker} message */
  #receive(message) {
    if ("samples" in message && message.samples) this.#spare.push(message.samples);
    const isAnswer = "frame" in message && message.frame === this.#unconfirmed;
    switch (message.type) {
      case QUEUED:
        if (!isAnswer) break;
        this.#unconfirmed = null;
        this.#reportApplied(this.#applied, message.frame);
        this.#margin = Math.max(MARGIN, this.#margin - MARGIN / 4);
        this.continue();
        break;
      case LATE:
        this.#setPosition(message.position);
        if (isAnswer) this.#reapplyCommands(message.end);
        break;
      case SCHEDULED:
        this.#handlers.onStart(SCHEDULED);
        break;
      case MISSED:
        this.#state = PAUSE;
        this.#handlers.onStart(MISSED);
        break;
      case REPORT:
        this.#follow(message);
        break;
    }
  }

  /** @param {Report} report */
  #follow({ position, contextFrame, playing, peaks, underruns }) {
    this.#setPosition(position);
    this.#contextFrame = contextFrame;
    if (underruns > this.#underruns) this.#lookAhead = Math.min(LOOK_AHEAD_MOST, this.#lookAhead * 2);
    this.#underruns = underruns;
    if (!playing && this.#state === "pausing") this.#state = PAUSE;
    this.continue();
    const songFrame = this.#reportPosition({ playing, peaks, contextFrame });
    if (songFrame < 0 && this.#state === PLAY) {
      this.pause();
      this.#handlers.onEnd();
    }
  }

  /** @param {{ playing?: boolean, peaks?: [number, number], contextFrame?: number }} report */
  #reportPosition({ playing = false, peaks = [0, 0], contextFrame }) {
    const position = this.#position;
    const songFrame = this.#renderer.songFrame(position);
    if (playing) this.#readLevels(position);
    if (this.#waiting.length) this.#waiting = this.#renderer.pendingSwaps(position);
    this.#handlers.onPosition({
      frame: position, songFrame, contextFrame, playing, peaks, underruns: this.#underruns, lookAhead: this.#lookAhead, late: this.#late,
      isStalled: this.#isStalled && this.#isDry, levels: this.#levels, waiting: this.#waiting,
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
  #setPosition(position) {
    this.#position = position;
    this.#positionTime = performance.now();
  }

  #applyCommands() {
    const commands = this.#commands;
    this.#commands = [];
    for (const [name, row, , when] of commands) if (name === "place" && when !== undefined) this.#waiting.push(row);
    if (this.#state === PAUSE) {
      this.#renderer.rebase(this.#position);
      this.#position = 0;
      this.#renderer.applyCommands(commands, 0);
      this.#reportApplied(commands, 0, true);
      this.#reportPosition({});
      return;
    }
    this.#applied = commands;
    this.#rewind(this.#soonest());
    this.#renderer.applyCommands(commands, this.#next);
    this.#renderChange();
  }

  /**
   * Reapply the last commands at a later frame: their first block was late.
   * @param {number} end of what is queued
   */
  #reapplyCommands(end) {
    this.#late++;
    this.#margin = Math.min(MARGIN_MOST, this.#margin * 2);
    this.#rewind(this.#soonest(end));
    this.#renderer.reapply(this.#next);
    this.#renderChange();
  }

  /** Render the first block of a change. If its samples have not arrived, nothing that is queued from there on is played. */
  #renderChange() {
    const frame = this.#next;
    try {
      this.#render();
      this.#postHeld();
    } catch (error) {
      if (!(error instanceof NotArrived)) throw error;
      this.#post({ type: STALL, frame });
      this.#isStalled = true;
    }
    if (frame > 0) this.#unconfirmed = frame;
    else this.#reportApplied(this.#applied, 0); // nothing has been played, so the block cannot be late
  }

  /** @param {Command[]} commands @param {number} frame */
  #reportApplied(commands, frame, isReset = false) {
    this.#handlers.onApplied({ commands, frame, songFrame: this.#renderer.songFrame(frame), isReset });
  }

  /**
   * The first frame that a command can still change.
   * @param {number} [end] of what is queued
   */
  #soonest(end = this.#end) {
    const passed = ((performance.now() - this.#positionTime) * this.#rate) / 1000;
    return Math.min(end, this.#position + Math.ceil(passed) + this.#margin);
  }

  #render() {
    const samples = this.#spare.pop() ?? new Float32Array(2 * BLOCK_FRAMES);
    try {
      this.#renderer.render(this.#next, samples);
    } catch (error) {
      this.#spare.push(samples);
      throw error;
    }
    this.#held.push({ frame: this.#next, samples });
    this.#next += BLOCK_FRAMES;
  }

  #postHeld() {
    for (const { frame, samples } of this.#held) this.#post({ type: BLOCK, frame, samples }, [samples.buffer]);
    this.#held = [];
    this.#end = this.#next;
  }

  /** Whether the worklet has next to nothing left to play. */
  get #isDry() {
    return this.#end - this.#position < BLOCK_FRAMES;
  }

  /** Whether playback waits for samples: at its start, and after a stall. */
  get #isWaiting() {
    return this.#isDry && (this.#isStalled || this.#end === 0);
  }

  /**
   * Render anew from a frame on.
   * @param {number} frame
   */
  #rewind(frame) {
    for (const { samples } of this.#held) this.#spare.push(samples);
    this.#held = [];
    this.#next = this.#end = frame;
  }

  /** @param {boolean} isStalled */
  #stall(isStalled) {
    if (this.#isStalled === isStalled) return;
    this.#isStalled = isStalled;
    this.#post({ type: STALL, frame: isStalled ? this.#end : -1 });
    this.#reportPosition({ playing: true });
  }

  /** @param {WorkerToWorklet} message @param {ArrayBuffer[]} [transfer] */
  #post(message, transfer = []) {
    this.#port?.postMessage(message, transfer);
  }
}
