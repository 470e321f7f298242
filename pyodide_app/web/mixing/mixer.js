// The block mixer that plays until Python has loaded: mix.py of the engine without its limiter, to the same bits.
/** @import { Gains, Level } from "./gains.js" */
/** @import { Loop, Run } from "./timeline.js" */
import { at, Fade, gainOf, isSilent, panGains, Ramp, scaled } from "./gains.js";
import { Bars, Timeline } from "./timeline.js";

/**
 * A source of samples: `read` fills `target` with frames of one channel of the song.
 * @typedef {{ channels: number, frames: number, read(channel: number, songFrame: number, target: Float32Array): void }} Stem
 */
/** @typedef {{ volume: number, pan: number, mute: boolean, solo: boolean }} Settings volume in dB, pan from -1 to 1 */
/** @typedef {"bar" | number} Due what a swap waits for: the next bar line, or a frame of the song */
/** @typedef {{ settings: Settings, gains: Ramp, stem: Fade<Stem | null>, due: Due | null }} Row */

/** @type {Level} */
const UNITY = [1, 1];
/** @type {Level} */
const SILENCE = [0, 0];
const { fround } = Math;

/** Mixes the stems of one song. Controls take effect at an absolute frame, in the order of their frames. */
export class Mixer {
  #frames;
  #ramp;
  #bars;
  #horizon;
  /** @type {Row[]} */
  #rows;
  #master = new Ramp(UNITY);
  #timeline = new Fade(new Timeline());

  /** @param {{ rate: number, frames: number, rows: number, bars?: number, bpm?: number }} song */
  constructor(song) {
    this.#frames = song.frames;
    this.#ramp = Math.max(1, Math.floor(song.rate / 100));
    this.#horizon = song.rate; // a second of history: more than any reader of past frames needs
    this.#bars = Bars.of(song);
    this.#rows = Array.from({ length: song.rows }, () => ({
      settings: { volume: 0, pan: 0, mute: false, solo: false }, gains: new Ramp(UNITY), stem: new Fade(null), due: null,
    }));
  }

  /**
   * @param {number} row @param {Stem | null} stem @param {number} [frame] @param {Due | null} [due] waited for, except at frame 0
   */
  place(row, stem, frame = 0, due = null) {
    const state = this.#rows[row];
    const isDue = frame > 0 ? due : null;
    const start = this.#startOfSwap(isDue, frame);
    this.#rows[row] = { ...state, due: isDue, stem: state.stem.to(stem, start, this.#ramp, frame - this.#horizon) };
  }

  /** @param {number} row @param {Settings} settings @param {number} [frame] */
  adjust(row, settings, frame = 0) {
    this.#rows[row] = { ...this.#rows[row], settings };
    const anySolo = this.#rows.some((state) => state.settings.solo);
    this.#rows = this.#rows.map((state) => ({
      ...state, gains: state.gains.to(levelOf(state.settings, anySolo), frame, this.#ramp, frame - this.#horizon),
    }));
  }

  /** @param {number} volume in dB @param {number} [frame] */
  setMaster(volume, frame = 0) {
    const level = gainOf(volume);
    this.#master = this.#master.to([level, level], frame, this.#ramp, frame - this.#horizon);
  }

  /**
   * Continue from a frame of the song, with a crossfade.
   * @param {number} songFrame @param {number} [frame]
   */
  locate(songFrame, frame = 0) {
    const timeline = new Timeline(Math.max(frame, 0), songFrame, this.#timeline.current.loop);
    this.#timeline = this.#timeline.to(timeline, frame, this.#ramp, frame - this.#horizon);
    this.#rescheduleSwaps(frame);
  }

  /** @param {Loop | null} loop @param {number} [frame] */
  setLoop(loop, frame = 0) {
    this.#timeline = this.#timeline.with(this.#timeline.current.withLoop(loop, frame, frame - this.#horizon));
    this.#rescheduleSwaps(frame);
  }

  /** @param {number} frame */
  nextBar(frame) {
    return this.#bars ? this.#timeline.current.nextBar(frame, this.#bars, this.#frames) : frame;
  }

  /**
   * Rows whose swap has not started at an absolute frame.
   * @param {number} frame
   */
  pendingSwaps(frame) {
    return [...this.#rows.keys()].filter((row) => this.#rows[row].stem.start > frame);
  }

  /** An independent mixer with the same stems and settings. */
  fork() {
    const copy = new Mixer({ rate: this.#horizon, frames: this.#frames, rows: 0 });
    copy.#ramp = this.#ramp;
    copy.#bars = this.#bars;
    copy.#rows = [...this.#rows];
    copy.#master = this.#master;
    copy.#timeline = this.#timeline;
    return copy;
  }

  /**
   * Make an absolute frame the new frame 0; all ramps, fades and swaps are completed.
   * @param {number} frame
   */
  rebase(frame) {
    const timeline = this.#timeline.current;
    this.#timeline = new Fade(new Timeline(0, timeline.position(frame), timeline.loop));
    this.#master = new Ramp(this.#master.target);
    this.#rows = this.#rows.map(({ settings, gains, stem }) => ({
      settings, gains: new Ramp(gains.target), stem: new Fade(stem.current), due: null,
    }));
  }

  /**
   * The song's frame at an absolute frame; -1 after the end.
   * @param {number} frame
   */
  songFrame(frame) {
    const position = Math.max(this.#timeline.current.position(frame), 0);
    return position < this.#frames ? position : -1;
  }

  /**
   * Fill `out` from an absolute frame on: all left samples, then all right ones.
   * @param {number} frame @param {Float32Array} out
   * @returns {number[]} each row's sample peak
   */
  render(frame, out) {
    const count = out.length / 2;
    out.fill(0);
    const peaks = this.#rows.map(() => 0);
    for (const [timeline, timelineFade] of this.#timeline.voices(frame, count)) {
      const runs = timeline.runs(frame, count);
      for (const [nth, row] of this.#rows.entries()) {
        const gains = row.gains.gains(frame, count);
        if (isSilent(gains)) continue;
        for (const [stem, stemFade] of row.stem.voices(frame, count)) {
          if (!stem) continue;
          const peak = addVoice(out, stem, runs, scaled(scaled(gains, timelineFade), stemFade));
          peaks[nth] = Math.max(peaks[nth], peak);
        }
      }
    }
    this.#applyMaster(frame, out);
    return peaks;
  }

  /** @param {number} frame @param {Float32Array} out */
  #applyMaster(frame, out) {
    const count = out.length / 2;
    const master = this.#master.gains(frame, count);
    if (master[0] === 1 && master[1] === 1) return;
    for (let nth = 0; nth < count; nth++) {
      out[nth] *= at(master[0], nth);
      out[count + nth] *= at(master[1], nth);
    }
  }

  /** @param {number} frame */
  #rescheduleSwaps(frame) {
    this.#rows = this.#rows.map((state) => {
      if (state.due === null || state.stem.start <= frame) return state;
      return { ...state, stem: state.stem.startingAt(this.#startOfSwap(state.due, frame)) };
    });
  }

  /**
   * The absolute frame of a swap that is asked for at `frame`.
   * @param {Due | null} due @param {number} frame
   */
  #startOfSwap(due, frame) {
    if (due === null) return frame;
    if (due === "bar") return this.nextBar(frame);
    return frame + Math.max(due - this.#timeline.current.position(frame), 0);
  }
}

/** @param {Settings} settings @param {boolean} anySolo @returns {Level} */
function levelOf({ volume, pan, mute, solo }, anySolo) {
  if (mute || (anySolo && !solo)) return SILENCE;
  const level = gainOf(volume);
  const [left, right] = panGains(pan);
  return [fround(level * left), fround(level * right)];
}

/**
 * Add a stem to a block; return its sample peak.
 * @param {Float32Array} out @param {Stem} stem @param {Run[]} runs @param {Gains} gains
 */
function addVoice(out, stem, runs, gains) {
  const count = out.length / 2;
  let [done, peak] = [0, 0];
  for (const [songFrame, length] of runs) {
    const size = Math.min(length, songFrame < 0 ? 0 : stem.frames - songFrame);
    if (size > 0) {
      const channels = Array.from({ length: stem.channels }, () => new Float32Array(size));
      channels.forEach((target, channel) => stem.read(channel, songFrame, target));
      for (const [nth, side] of gains.entries()) {
        const samples = channels[Math.min(nth, stem.channels - 1)];
        const offset = nth * count + done;
        for (let index = 0; index < size; index++) {
          const sample = fround(samples[index] * at(side, done + index));
          out[offset + index] += sample;
          if (sample > peak || -sample > peak) peak = Math.abs(sample);
        }
      }
    }
    done += length;
  }
  return peak;
}
