// Reports of what plays are held back until it is heard: over Bluetooth that is some 0.25 s after it was played.

const LEAST_SECONDS = 0.02; // less is not seen

/** @template Report */
export class HeardReports {
  #show;
  /** @type {Set<ReturnType<typeof setTimeout>>} */
  #timers = new Set();
  #last = 0; // when the last of those that are held back is due, in milliseconds

  /** @param {(report: Report) => void} show */
  constructor(show) {
    this.#show = show;
  }

  /**
   * Show a report once it is heard; never before an earlier one.
   * @param {Report} report @param {number | undefined} latency of the output, in seconds
   */
  add(report, latency) {
    const now = performance.now();
    if (!this.#timers.size) this.#last = 0;
    if (!this.#timers.size && !((latency ?? 0) > LEAST_SECONDS)) {
      this.#show(report);
      return;
    }
    this.#last = Math.max(this.#last, now + 1000 * (latency ?? 0));
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#show(report);
    }, this.#last - now);
    this.#timers.add(timer);
  }

  /** Drop what is held back; returns whether there was any. */
  clear() {
    const { size } = this.#timers;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    return size > 0;
  }
}
