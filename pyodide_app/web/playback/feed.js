// Feeds the worklet: renders blocks ahead of time, and decides at which frame commands take effect.
/** @import { Command, Peaks, Report, WorkerToPage, WorkerToWorklet, WorkletToWorker } from "./messages.js" */
import { SCHEDULED, POSITION, BLOCK, ENDED, LATE, MISSED, PAUSE, PLAY, REPORT, RESET, QUEUED } from "./messages.js";

const BLOCK_FRAMES = 2048;
const LOOK_AHEAD = 12288; // frames; adds no latency, since queued blocks are replaced after a command
const LOOK_AHEAD_MOST = 49152; // the worklet's ring buffer, less a few blocks
const MARGIN_MOST = 4096;
const MARGIN = 512; // frames from the current position to the first that a command may change
const FIGURES = 8; // MASTER_READINGS of levels.py

/**
 * The part of session.py's Session that renders. Frames count from the last rebase.
 * @typedef {object} FeedSession
 * @property {(frame: number) => void} rebase
 * @property {() => void} reset_levels
 * @property {(frame: number) => number} song_frame -1 after the song's end
 * @property {(frame: number, levels: Float32Array) => void} levels
 * @property {(frame: number) => string} pending_swaps JSON
 * @property {(commands: string, frame: number) => void} apply_commands JSON
 * @property {(frame: number) => void} reapply
 * @property {(frame: number, samples: Float32Array) => void} render
 */

export class Feed {
  #session;
  #rate;
  #report;
  /** @type {MessagePort | null} */
  #port = null;
  /** @type {typeof PLAY | typeof PAUSE | "pausing"} */
  #state = PAUSE; // "pausing": the worklet is fading out
  #position = 0;
  #positionTime = 0; // when the position was reported
  #next = 0; // the next frame to render
  #lookAhead = LOOK_AHEAD;
  #margin = MARGIN;
  #underruns = 0;
  #late = 0;
  /** @type {Command[]} */
  #commands = []; // not applied yet
  #levels; // MASTER_READINGS of levels.py, then a peak for each row
  /** @type {number[]} */
  #waiting = []; // rows whose stems change with the next bar
  /** @type {number | null} */
  #unconfirmed = null; // first frame of a change that the worklet has not confirmed
  /** @type {Float32Array<ArrayBuffer>[]} */
  #spare = [];

  /**
   * @param {FeedSession} session @param {number} rate in Hz @param {number} rows
   * @param {(message: WorkerToPage) => void} report sends to the page
   */
  constructor(session, rate, rows, report) {
    this.#session = session;
    this.#rate = rate;
    this.#report = report;
    this.#levels = new Float32Array(FIGURES + rows);
  }

  /** @param {MessagePort} port of the worklet */
  attach(port) {
    this.#port = port;
    port.onmessage = ({ data }) => this.#receive(data);
  }

  close() {
    this.#port?.close();
  }

  /** @param {Command[]} commands */
  change(commands) {
    this.#commands.push(...commands);
    this.#fill();
  }

  /** @param {number} [at] the context's frame to start at */
  play(at) {
    if (this.#state === PAUSE) {
      this.#session.rebase(this.#position);
      this.#session.reset_levels();
      this.#position = this.#next = 0;
      this.#send({ type: RESET });
    }
    this.#state = PLAY;
    this.#positionTime = performance.now();
    this.#fill();
    this.#send({ type: PLAY, at });
  }

  pause() {
    if (this.#state !== PLAY) return;
    this.#state = "pausing";
    this.#send({ type: PAUSE });
  }

  /** @param {WorkletToWorker} message */
  #receive(message) {
    switch (message.type) {
      case QUEUED:
        this.#spare.push(message.samples);
        if (message.frame !== this.#unconfirmed) break;
        this.#unconfirmed = null;
        this.#margin = Math.max(MARGIN, this.#margin - MARGIN / 4);
        this.#fill();
        break;
      case LATE:
        this.#spare.push(message.samples);
        this.#setPosition(message.position);
        if (message.frame === this.#unconfirmed) this.#reapplyCommands(message.end);
        break;
      case SCHEDULED:
        this.#report({ type: SCHEDULED });
        break;
      case MISSED:
        this.#state = PAUSE;
        this.#report({ type: MISSED });
        break;
      case REPORT:
        this.#follow(message);
        break;
    }
  }

  /** @param {Report} report */
  #follow({ position, playing, peaks, underruns }) {
    this.#setPosition(position);
    if (underruns > this.#underruns) this.#lookAhead = Math.min(LOOK_AHEAD_MOST, this.#lookAhead * 2);
    this.#underruns = underruns;
    if (!playing && this.#state === "pausing") this.#state = PAUSE;
    this.#fill();
    const songFrame = this.#reportPosition(playing, peaks);
    if (songFrame < 0 && this.#state === PLAY) {
      this.pause();
      this.#report({ type: ENDED });
    }
  }

  /** @param {boolean} playing @param {Peaks} peaks */
  #reportPosition(playing, peaks) {
    const songFrame = this.#session.song_frame(this.#position);
    const [underruns, lookAhead, late, levels] = [this.#underruns, this.#lookAhead, this.#late, this.#levels];
    if (playing) this.#session.levels(this.#position, levels);
    if (this.#waiting.length) this.#waiting = JSON.parse(this.#session.pending_swaps(this.#position));
    const waiting = this.#waiting;
    this.#report({ type: POSITION, songFrame, playing, peaks, underruns, lookAhead, late, levels, waiting });
    return songFrame;
  }

  /** @param {number} position */
  #setPosition(position) {
    this.#position = position;
    this.#positionTime = performance.now();
  }

  /** Apply pending commands, unless the previous change is unconfirmed; then render ahead. */
  #fill() {
    if (this.#commands.length && this.#unconfirmed === null && this.#state !== "pausing") this.#applyCommands();
    if (this.#unconfirmed !== null || this.#state !== PLAY) return;
    while (this.#next < this.#position + this.#lookAhead) this.#render();
  }

  #applyCommands() {
    const commands = this.#commands;
    this.#commands = [];
    for (const [name, row, , when] of commands) if (name === "place" && when === "bar") this.#waiting.push(row);
    if (this.#state === PAUSE) {
      this.#session.rebase(this.#position);
      this.#position = 0;
      this.#session.apply_commands(JSON.stringify(commands), 0);
      this.#reportPosition(false, [0, 0]);
    } else {
      this.#next = this.#soonest(this.#next);
      this.#session.apply_commands(JSON.stringify(commands), this.#next);
      // At frame 0 nothing has been played, so the block cannot be late.
      if (this.#next > 0) this.#unconfirmed = this.#next;
      this.#render();
    }
  }

  /**
   * Reapply the last commands at a later frame: their first block was late.
   * @param {number} end of what is queued
   */
  #reapplyCommands(end) {
    this.#late++;
    this.#margin = Math.min(MARGIN_MOST, this.#margin * 2);
    this.#next = this.#unconfirmed = this.#soonest(end);
    this.#session.reapply(this.#next);
    this.#render();
  }

  /**
   * The first frame that a command can still change.
   * @param {number} end of what is queued
   */
  #soonest(end) {
    const passed = ((performance.now() - this.#positionTime) * this.#rate) / 1000;
    return Math.min(end, this.#position + Math.ceil(passed) + this.#margin);
  }

  #render() {
    const samples = this.#spare.pop() ?? new Float32Array(2 * BLOCK_FRAMES);
    this.#session.render(this.#next, samples);
    this.#send({ type: BLOCK, frame: this.#next, samples }, [samples.buffer]);
    this.#next += BLOCK_FRAMES;
  }

  /** @param {WorkerToWorklet} message @param {Transferable[]} [transfer] */
  #send(message, transfer = []) {
    this.#port?.postMessage(message, transfer);
  }
}
