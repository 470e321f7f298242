// Gains, pan, and click-free ramps and crossfades: ramps.py of the engine, to the same bits.
//
// Every result is rounded to float32 as numpy rounds it. A float64 sum, product, quotient or square root of float32
// values, rounded once more to float32, is the correctly rounded one, so Math.fround after each step is enough.

/** @typedef {number | Float32Array} Side gains of one side: constant, or one for each frame */
/** @typedef {[left: Side, right: Side]} Gains */
/** @typedef {[left: number, right: number]} Level */

const FLOOR_DB = -60; // at or below this a row is silent
const CEILING_DB = 6;
const STEP = 1.0011519555381683; // 10 ** (0.01 / 20): a hundredth of a decibel
const { fround } = Math;

/**
 * Convert decibels to a linear gain, in steps of 0.01 dB; 0 at or below -60.
 * @param {number} decibels
 */
export function gainOf(decibels) {
  if (!(decibels > FLOOR_DB)) return 0;
  const steps = roundHalfEven(Math.min(decibels, CEILING_DB) * 100);
  let [factor, square] = [1, STEP];
  for (let exponent = Math.abs(steps); exponent; exponent >>= 1) {
    if (exponent & 1) factor *= square;
    square *= square;
  }
  return fround(steps >= 0 ? factor : 1 / factor);
}

/** @param {number} value */
function roundHalfEven(value) {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/**
 * Equal-power gains for a pan of -1 (left) to 1 (right); exactly 1 in the centre.
 * @param {number} pan
 * @returns {Level}
 */
export function panGains(pan) {
  const side = Math.max(-1, Math.min(1, pan));
  return [fround(Math.sqrt(1 - side)), fround(Math.sqrt(1 + side))];
}

/**
 * Multiply gains by others; null is unity.
 * @param {Gains} gains @param {Float32Array | null} fade
 * @returns {Gains}
 */
export function scaled(gains, fade) {
  if (fade === null) return gains;
  const sides = gains.map((side) => fade.map((value, nth) => value * at(side, nth)));
  return [sides[0], sides[1]];
}

/** @param {Side} side @param {number} nth */
export function at(side, nth) {
  return typeof side === "number" ? side : side[nth];
}

/** @param {Gains} gains */
export function isSilent(gains) {
  return gains.every((side) => (typeof side === "number" ? side === 0 : side.every((gain) => gain === 0)));
}

/** A linear ramp of gains to `target`, over `frames` from `start`. */
export class Ramp {
  /** @param {Level} target @param {number} [start] @param {number} [frames] @param {Ramp | null} [previous] */
  constructor(target, start = 0, frames = 0, previous = null) {
    this.target = target;
    this.start = start;
    this.frames = frames;
    this.previous = previous;
  }

  /**
   * A ramp to `target` from frame `start`; at 0, before playback, a constant.
   * @param {Level} target @param {number} start @param {number} frames @param {number} horizon frames before are not read again
   */
  to(target, start, frames, horizon) {
    if (start <= 0) return new Ramp(target);
    const played = playedBefore(this, start);
    if (played.target[0] === target[0] && played.target[1] === target[1]) return played;
    return new Ramp(target, start, frames, played.trimmed(horizon));
  }

  /**
   * Without the history that ends before `horizon`.
   * @param {number} horizon
   * @returns {Ramp}
   */
  trimmed(horizon) {
    if (!this.previous || this.start + this.frames <= horizon) return new Ramp(this.target);
    return new Ramp(this.target, this.start, this.frames, this.previous.trimmed(horizon));
  }

  /**
   * Gains of `count` frames.
   * @param {number} frame @param {number} count
   * @returns {Gains}
   */
  gains(frame, count) {
    if (!this.previous || frame >= this.start + this.frames) return this.target;
    if (frame + count <= this.start) return this.previous.gains(frame, count);
    const origin = this.previous.gains(this.start, 1);
    const before = frame < this.start ? this.previous.gains(frame, count) : origin;
    return [this.#side(0, frame, count, origin, before), this.#side(1, frame, count, origin, before)];
  }

  /** @param {0 | 1} side @param {number} frame @param {number} count @param {Gains} origin @param {Gains} before */
  #side(side, frame, count, origin, before) {
    const from = at(origin[side], 0);
    const difference = fround(this.target[side] - from);
    const gains = new Float32Array(count);
    for (let nth = 0; nth < count; nth++) {
      const step = frame + nth - this.start;
      if (step < 0) gains[nth] = at(before[side], nth);
      else if (step >= this.frames) gains[nth] = this.target[side];
      else gains[nth] = from + fround(difference * fround(step / this.frames));
    }
    return gains;
  }
}

/**
 * An equal-power crossfade from `previous` to `current`, over `frames` from `start`.
 * @template T
 */
export class Fade {
  /** @param {T} current @param {number} [start] @param {number} [frames] @param {Fade<T> | null} [previous] */
  constructor(current, start = 0, frames = 0, previous = null) {
    this.current = current;
    this.start = start;
    this.frames = frames;
    this.previous = previous;
  }

  /**
   * A crossfade to `value`; arguments as for Ramp.to.
   * @param {T} value @param {number} start @param {number} frames @param {number} horizon
   */
  to(value, start, frames, horizon) {
    if (start <= 0) return new Fade(value);
    return new Fade(value, start, frames, playedBefore(this, start).trimmed(horizon));
  }

  /**
   * The same with another value.
   * @param {T} current
   */
  with(current) {
    return new Fade(current, this.start, this.frames, this.previous);
  }

  /** @param {number} start */
  startingAt(start) {
    return new Fade(this.current, start, this.frames, this.previous);
  }

  /**
   * @param {number} horizon
   * @returns {Fade<T>}
   */
  trimmed(horizon) {
    if (!this.previous || this.start + this.frames <= horizon) return new Fade(this.current);
    return new Fade(this.current, this.start, this.frames, this.previous.trimmed(horizon));
  }

  /**
   * Each value that sounds in `count` frames, with the gains of its fade; null is unity.
   * @param {number} frame @param {number} count
   * @returns {[value: T, fade: Float32Array | null][]}
   */
  voices(frame, count) {
    if (!this.previous || frame >= this.start + this.frames) return [[this.current, null]];
    if (frame + count <= this.start) return this.previous.voices(frame, count);
    const [fadeIn, fadeOut] = this.#crossfade(frame, count);
    /** @type {[T, Float32Array | null][]} */
    const before = this.previous.voices(frame, count);
    return [
      [this.current, fadeIn],
      ...before.map(([value, gains]) => /** @type {[T, Float32Array]} */ ([value, gains ? gains.map((gain, nth) => gain * fadeOut[nth]) : fadeOut])),
    ];
  }

  /** @param {number} frame @param {number} count */
  #crossfade(frame, count) {
    const fadeIn = new Float32Array(count);
    const fadeOut = new Float32Array(count);
    for (let nth = 0; nth < count; nth++) {
      const step = Math.min(Math.max(frame + nth - this.start, 0), this.frames);
      const progress = fround(step / this.frames);
      fadeIn[nth] = Math.sqrt(progress);
      fadeOut[nth] = Math.sqrt(fround(1 - progress));
    }
    return [fadeIn, fadeOut];
  }
}

/**
 * What was set last before a frame: what was set to begin at it or later is replaced.
 * @template {Ramp | Fade<any>} T
 * @param {T} latest @param {number} start
 * @returns {T}
 */
function playedBefore(latest, start) {
  let played = latest;
  while (played.previous && played.start >= start) played = /** @type {T} */ (played.previous);
  return played;
}
