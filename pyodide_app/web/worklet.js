// Plays blocks that are addressed by absolute frame, and counts what was missing.
import { ARMED, ATTACH, BLOCK, END, LATE, MISSED, PAUSE, PLAY, REPORT, RESET, TAKEN } from "./messages.js";

const CAPACITY = 1 << 16; // frames of the ring, a power of two
const MASK = CAPACITY - 1;
const REPORT_QUANTA = 16;

class Output extends AudioWorkletProcessor {
  #left = new Float32Array(CAPACITY);
  #right = new Float32Array(CAPACITY);
  #position = 0; // the frame that is played next
  #end = 0; // frames from #position up to here are queued
  #playing = false;
  #from = 0; // the context's frame before which nothing is played
  #level = 0; // of the fade in and out around a pause
  #step = 1 / Math.round(sampleRate / 200);
  #quanta = 0;
  #underruns = 0;
  #peaks = [0, 0];
  #port = null;
  #isOver = false;

  constructor() {
    super();
    this.port.onmessage = ({ data: { type, port } }) => {
      if (type === END) this.#isOver = true;
      if (type === ATTACH) this.#join(port);
    };
  }

  #join(port) {
    this.#port = port;
    port.onmessage = ({ data }) => this.#hear(data);
  }

  #hear(message) {
    switch (message.type) {
      case BLOCK:
        this.#take(message.frame, message.samples);
        break;
      case PLAY:
        this.#begin(message.at);
        break;
      case PAUSE:
        this.#playing = false;
        if (this.#level === 0) this.#report();
        break;
      case RESET:
        this.#position = this.#end = 0;
        break;
    }
  }

  #begin(at) {
    const missed = at !== undefined && at <= currentFrame;
    if (!missed) {
      this.#playing = true;
      this.#from = at ?? 0;
      if (at !== undefined) this.#level = 1;
    }
    if (at !== undefined) this.#port.postMessage({ type: missed ? MISSED : ARMED });
  }

  #take(frame, samples) {
    const fits = frame >= this.#position && frame <= this.#end;
    if (fits) {
      const count = samples.length / 2;
      for (let at = 0; at < count; at++) {
        this.#left[(frame + at) & MASK] = samples[at];
        this.#right[(frame + at) & MASK] = samples[count + at];
      }
      this.#end = Math.max(this.#end, frame + count);
    }
    const type = fits ? TAKEN : LATE;
    this.#port.postMessage({ type, frame, position: this.#position, end: this.#end, samples }, [samples.buffer]);
  }

  process(_inputs, [[left, right]]) {
    const skip = Math.max(0, this.#from - currentFrame);
    if ((this.#playing || this.#level > 0) && skip < left.length) {
      this.#play(left.subarray(skip), right.subarray(skip));
      if (++this.#quanta % REPORT_QUANTA === 0 || (!this.#playing && this.#level === 0)) this.#report();
    }
    return !this.#isOver;
  }

  #play(left, right) {
    const ready = Math.min(left.length, this.#end - this.#position);
    if (ready < left.length && this.#playing) this.#underruns++;
    let [peakLeft, peakRight] = this.#peaks;
    let at = 0;
    for (; at < ready && (this.#playing || this.#level > 0); at++) {
      this.#level = Math.min(1, Math.max(0, this.#level + (this.#playing ? this.#step : -this.#step)));
      const from = (this.#position + at) & MASK;
      left[at] = this.#left[from] * this.#level;
      right[at] = this.#right[from] * this.#level;
      peakLeft = Math.max(peakLeft, Math.abs(left[at]));
      peakRight = Math.max(peakRight, Math.abs(right[at]));
    }
    this.#position += at;
    this.#peaks = [peakLeft, peakRight];
    // Nothing is left to fade out: what was cut off by an underrun has been silent already.
    if (!this.#playing && ready < left.length) this.#level = 0;
  }

  #report() {
    this.#port.postMessage({
      type: REPORT,
      position: this.#position,
      playing: this.#playing || this.#level > 0,
      peaks: this.#peaks,
      underruns: this.#underruns,
    });
    this.#peaks = [0, 0];
  }
}

registerProcessor("stempress-output", Output);
