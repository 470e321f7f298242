// What a level meter shows: peaks at once, then a steady fall, and a mark at the highest of late.

const FALL_PER_SECOND = 2; // of the meter's whole length
const HOLD_MS = 1500;

export class Level {
  #reported = 0;
  #peak = 0; // the highest since the last step, so that frames which come late miss none
  #heldUntil = 0;
  #now = 0;
  shown = 0; // from 0 to 1, like all others
  held = 0;

  /**
   * @param {number} share of the meter's length
   * @param {number} now in milliseconds
   */
  report(share, now) {
    this.#reported = share;
    this.#peak = Math.max(this.#peak, share);
    if (share < this.held && now <= this.#heldUntil) return;
    this.held = share;
    this.#heldUntil = now + HOLD_MS;
  }

  /**
   * Move on to a time; returns whether the meter goes on moving if nothing more is reported.
   * @param {number} now in milliseconds
   */
  step(now) {
    const seconds = Math.max(0, now - this.#now) / 1000;
    this.#now = now;
    this.shown = Math.max(this.#peak, this.#reported, this.shown - FALL_PER_SECOND * seconds);
    this.#peak = 0;
    if (now > this.#heldUntil) this.held = this.shown;
    return this.held > this.#reported;
  }
}
