// From absolute frames to frames of the song, through loops and seeks; bar lines: timeline.py of the engine.

/** @typedef {[start: number, end: number]} Loop frames of the song, the end not included */
/** @typedef {[songFrame: number, count: number]} Run consecutive frames of the song; -1: silence before its beginning */

const BEATS_PER_BAR = 4; // of a song that has a tempo but no number of bars

/** Bars of equal length in frames, possibly fractional; each starts at the nearest frame. */
export class Bars {
  /** @param {number} length */
  constructor(length) {
    this.length = length;
  }

  /**
   * Divide a song by its number of bars, else by its tempo; null if both are 0.
   * @param {{ frames: number, rate: number, bars?: number, bpm?: number }} song
   */
  static of({ frames, rate, bars = 0, bpm = 0 }) {
    if (bars) return new Bars(frames / bars);
    return bpm ? new Bars((rate * 60 * BEATS_PER_BAR) / bpm) : null;
  }

  /** @param {number} bar */
  start(bar) {
    return Math.floor(bar * this.length + 0.5);
  }

  /**
   * The first bar line at or after a frame of the song.
   * @param {number} songFrame
   */
  nextLine(songFrame) {
    let bar = Math.trunc(songFrame / this.length);
    while (this.start(bar) < songFrame) bar++;
    return this.start(bar);
  }
}

/** Playback from absolute frame `start`, where `songFrame` sounds; before it, `previous` applies. */
export class Timeline {
  /** @param {number} [start] @param {number} [songFrame] @param {Loop | null} [loop] @param {Timeline | null} [previous] */
  constructor(start = 0, songFrame = 0, loop = null, previous = null) {
    this.start = start;
    this.songFrame = songFrame;
    this.loop = loop;
    this.previous = previous;
  }

  /** The loop, if playback will enter it. */
  get activeLoop() {
    return this.loop && this.songFrame < this.loop[1] ? this.loop : null;
  }

  /**
   * The song's frame at an absolute frame; it may be past the song's end.
   * @param {number} frame
   * @returns {number}
   */
  position(frame) {
    if (this.previous && frame < this.start) return this.previous.position(frame);
    const position = this.songFrame + frame - this.start;
    const loop = this.activeLoop;
    if (!loop || position < loop[1]) return position;
    return loop[0] + ((position - loop[0]) % (loop[1] - loop[0]));
  }

  /**
   * The frames of the song at `count` absolute frames.
   * @param {number} frame @param {number} count
   * @returns {Run[]}
   */
  runs(frame, count) {
    if (this.previous && frame < this.start) {
      const before = Math.min(count, this.start - frame);
      const runs = this.previous.runs(frame, before);
      return before === count ? runs : [...runs, ...this.runs(this.start, count - before)];
    }
    /** @type {Run[]} */
    const runs = [];
    const end = this.activeLoop?.[1] ?? Infinity;
    for (let done = 0; done < count; ) {
      const position = this.position(frame + done);
      const size = Math.min(count - done, position < 0 ? -position : end - position);
      runs.push([Math.max(position, -1), size]);
      done += size;
    }
    return runs;
  }

  /**
   * This timeline with another loop, or none, from an absolute frame on.
   * @param {Loop | null} loop @param {number} frame @param {number} horizon
   */
  withLoop(loop, frame, horizon) {
    if (frame <= 0) return new Timeline(0, this.position(0), loop);
    return new Timeline(frame, this.position(frame), loop, this.trimmed(horizon));
  }

  /**
   * @param {number} horizon
   * @returns {Timeline}
   */
  trimmed(horizon) {
    const { start, songFrame, loop, previous } = this;
    return new Timeline(start, songFrame, loop, previous && start > horizon ? previous.trimmed(horizon) : null);
  }

  /**
   * The first absolute frame from `frame` on where a bar starts or the song, of `frames`, ends.
   * @param {number} frame @param {Bars} bars @param {number} frames
   */
  nextBar(frame, bars, frames) {
    const position = this.position(frame);
    const loop = this.activeLoop;
    const [start, end] = loop ?? [frames, frames];
    const line = Math.min(bars.nextLine(position), end);
    if (line < end || !loop) return frame + Math.max(line - position, 0);
    const first = bars.nextLine(start);
    return frame + end - position + (first < end ? first - start : 0);
  }
}
