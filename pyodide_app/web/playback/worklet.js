// Plays blocks that are addressed by absolute frame, and counts underruns.
import { SCHEDULED, ATTACH, BLOCK, CLOSE, LATE, MISSED, PAUSE, PLAY, QUEUED, REPORT, RESET, STALL } from "./messages.js";

/** @import { PageToWorklet, Peaks, WorkerToWorklet, WorkletToWorker } from "./messages.js" */
const CAPACITY = 1 << 16; // frames of the ring, a power of two
const MASK = CAPACITY - 1;
const REPORT_QUANTA = 16;
const QUANTUM = 128; // frames
/** @type {ArrayBuffer[]} */
const NOTHING = [];

class Output extends AudioWorkletProcessor {
  #left = new Float32Array(CAPACITY);
  #right = new Float32Array(CAPACITY);
  #position = 0; // the next frame to play
  #end = 0; // end of the queued frames
  #playing = false;
  #isStalled = false; // samples are missing after the queued ones: fade out, and wait
  #from = 0; // the context's frame to start at
  #level = 0; // of the fades around pauses and stalls
  #step = 1 / Math.round(sampleRate / 200);
  #quanta = 0;
  #underruns = 0;
  /** @type {Peaks} */
  #peaks = [0, 0];
  /** @type {MessagePort | null} */
  #port = null; // to the worker
  #isOver = false;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => {
      /** @type {PageToWorklet} */
      const message = data;
      if (message.type === CLOSE) this.#isOver = true;
      if (message.type === ATTACH) this.#connect(message.port);
    };
  }

  /** @param {MessagePort} port */
  #connect(port) {
    this.#port = port;
    port.onmessage = ({ data }) => this.#receive(data);
  }

  /** @param {WorkerToWorklet} message */
  #receive(message) {
    switch (message.type) {
      case BLOCK:
        this.#enqueue(message.frame, message.samples);
        break;
      case PLAY:
        this.#start(message.at);
        break;
      case PAUSE:
        this.#playing = false;
        if (this.#level === 0) this.#report();
        break;
      case RESET:
        this.#position = this.#end = 0;
        this.#isStalled = false;
        break;
      case STALL:
        this.#stall(message.frame);
        break;
    }
  }

  /** @param {number} frame to play nothing from, until more blocks come; -1: they have come */
  #stall(frame) {
    this.#isStalled = frame >= 0;
    if (frame < 0) return;
    const type = frame < this.#position ? LATE : QUEUED;
    this.#end = Math.max(this.#position, Math.min(this.#end, frame));
    this.#send({ type, frame, position: this.#position, end: this.#end });
  }

  /** @param {number} [at] the context's frame */
  #start(at) {
    const missed = at !== undefined && at <= currentFrame;
    if (!missed) {
      this.#playing = true;
      this.#from = at ?? 0;
      if (at !== undefined) this.#level = 1;
    }
    if (at !== undefined) this.#send({ type: missed ? MISSED : SCHEDULED });
  }

  /** @param {number} frame @param {Float32Array<ArrayBuffer>} samples */
  #enqueue(frame, samples) {
    const fits = frame >= this.#position && frame <= this.#end;
    if (fits) {
      const count = samples.length / 2;
      for (let nth = 0; nth < count; nth++) {
        this.#left[(frame + nth) & MASK] = samples[nth];
        this.#right[(frame + nth) & MASK] = samples[count + nth];
      }
      this.#end = Math.max(this.#end, frame + count);
    }
    const type = fits ? QUEUED : LATE;
    this.#send({ type, frame, position: this.#position, end: this.#end, samples }, [samples.buffer]);
  }

  /** @param {Float32Array[][]} _inputs @param {Float32Array[][]} outputs */
  process(_inputs, [[left, right]]) {
    const skip = Math.max(0, this.#from - currentFrame);
    if ((this.#playing || this.#level > 0) && skip < left.length) {
      this.#play(left.subarray(skip), right.subarray(skip));
      if (++this.#quanta % REPORT_QUANTA === 0 || (!this.#playing && this.#level === 0)) this.#report();
    }
    return !this.#isOver;
  }

  /** @param {Float32Array} left @param {Float32Array} right */
  #play(left, right) {
    const ready = Math.min(left.length, this.#end - this.#position);
    if (ready < left.length && this.#playing && !this.#isStalled) this.#underruns++;
    let [peakLeft, peakRight] = this.#peaks;
    let played = 0;
    for (; played < ready && (this.#playing || this.#level > 0); played++) {
      this.#level = Math.min(1, Math.max(0, this.#level + (this.#isRising(played) ? this.#step : -this.#step)));
      const from = (this.#position + played) & MASK;
      left[played] = this.#left[from] * this.#level;
      right[played] = this.#right[from] * this.#level;
      peakLeft = Math.max(peakLeft, Math.abs(left[played]));
      peakRight = Math.max(peakRight, Math.abs(right[played]));
    }
    this.#position += played;
    this.#peaks = [peakLeft, peakRight];
    // After an underrun there is nothing left to fade out.
    if (!this.#playing && ready < left.length) this.#level = 0;
  }

  /**
   * Whether sound is at its full level, or rising to it.
   * @param {number} played frames of this quantum
   */
  #isRising(played) {
    return this.#playing && !(this.#isStalled && this.#end - this.#position - played <= 1 / this.#step);
  }

  #report() {
    this.#send({
      type: REPORT,
      position: this.#position,
      contextFrame: currentFrame + QUANTUM,
      playing: this.#playing || this.#level > 0,
      peaks: this.#peaks,
      underruns: this.#underruns,
    });
    this.#peaks = [0, 0];
  }

  /** @param {WorkletToWorker} message @param {ArrayBuffer[]} [transfer] */
  #send(message, transfer = NOTHING) {
    this.#port?.postMessage(message, transfer);
  }
}

registerProcessor("stempress-output", Output);
