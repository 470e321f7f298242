// The range that a mixer loops.

const LEAST_SHARE = 0.001; // of the song: the step of ranges that are not snapped to bars

export class LoopRange {
  /** @type {[start: number, end: number] | null} */
  #range = null; // in seconds; null: the whole song
  #mixer;

  /** @param {HTMLElement} mixer */
  constructor(mixer) {
    this.#mixer = mixer;
  }

  /**
   * In seconds.
   * @param {number} duration of the song
   * @returns {[start: number, end: number]}
   */
  within(duration) {
    return this.#range ?? [0, duration];
  }

  /**
   * Set and show it.
   * @param {[start: number, end: number] | null} range @param {number} duration of the song
   */
  set(range, duration) {
    this.#range = range;
    const [from, to] = this.within(duration);
    this.#mixer.style.setProperty("--from", (from / duration).toFixed(5));
    this.#mixer.style.setProperty("--to", (to / duration).toFixed(5));
    this.#mixer.toggleAttribute("data-range", Boolean(range));
  }
}

/**
 * A dragged range in seconds, snapped to bars if there are any; null: none.
 * @param {number} from @param {number} to shares of the song
 * @param {number} duration of the song @param {number | null} bar in seconds
 * @returns {[start: number, end: number] | null}
 */
export function draggedRange(from, to, duration, bar) {
  const step = bar ? bar / duration : LEAST_SHARE;
  const start = Math.floor(Math.min(from, to) / step) * step;
  const end = Math.min(1, Math.ceil(Math.max(from, to) / step) * step);
  return end > start ? [start * duration, end * duration] : null;
}
