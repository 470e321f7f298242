// The latency of an audio context's output, read seldom: in Firefox reading it waits for the audio thread, and may hang the page.

const PERIOD_MS = 10_000; // it changes with the device
const FIRST_PERIOD_MS = 1000; // it is 0 until the context plays

export class OutputLatency {
  /** @type {AudioContext | null} */
  #context = null;
  #seconds = 0;
  #due = 0; // when to read it again

  /**
   * @param {AudioContext | null | undefined} context
   * @returns {number} seconds
   */
  seconds(context) {
    if (!context) return 0;
    const now = performance.now();
    const isNew = context !== this.#context;
    if (!isNew && now < this.#due) return this.#seconds;
    this.#context = context;
    this.#seconds = context.outputLatency || 0;
    this.#due = now + (isNew ? FIRST_PERIOD_MS : PERIOD_MS);
    return this.#seconds;
  }
}
