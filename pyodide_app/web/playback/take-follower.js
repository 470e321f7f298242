// Follows a take that Python plays: which of its moves have been heard.
/** @import { Applied, Position } from "./messages.js" */
/** @import { Move, Take } from "../takes/format.js" */

export class TakeFollower {
  take;
  #next = 0; // of the moves
  #before = 0; // frames that were played before the last pause
  #last = 0; // frames since

  /** @param {Take} take */
  constructor(take) {
    this.take = take;
  }

  /** @param {Applied} applied by Python's deck */
  note({ isReset }) {
    if (!isReset) return;
    this.#before += this.#last;
    this.#last = 0;
  }

  /**
   * The moves that have been heard since the last call.
   * @param {Position} position of Python's deck
   * @returns {Move[]}
   */
  follow({ frame }) {
    this.#last = frame;
    const first = this.#next;
    const { moves } = this.take;
    while (this.#next < moves.length && moves[this.#next].frame <= this.#before + frame) this.#next++;
    return moves.slice(first, this.#next);
  }
}
