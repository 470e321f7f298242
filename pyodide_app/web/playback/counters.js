// What a player counts while it plays.
/** @import { Position } from "./messages.js" */
/** @import { FirstDeck } from "./decks.js" */

const MEASURING_MS = 500; // how often the first deck's memory is measured

export class Counters {
  /** How often playback has waited for stems. */
  stalls = 0;
  /** Seconds that Python took to start. */
  seconds = 0;
  /** Bytes of the first deck's stems. */
  sizes = { bytes: 0, fetched: 0 };
  #counts = { underruns: 0, late: 0, lookAhead: 0 }; // of the audible deck
  #underrunsBefore = 0; // of the first deck, once Python has taken over
  #isStalled = false;
  #measured = 0; // when the sizes were

  /** Of the audible deck, and underruns of the one before. */
  get counts() {
    return { ...this.#counts, underruns: this.#underrunsBefore + this.#counts.underruns };
  }

  /** @param {Position} position of the audible deck */
  follow({ playing, isStalled, underruns, late, lookAhead }) {
    this.#counts = { underruns, late, lookAhead };
    if (isStalled && !this.#isStalled && playing) this.stalls++;
    this.#isStalled = isStalled;
  }

  /** Another deck is audible. */
  changeDeck() {
    this.#underrunsBefore = this.counts.underruns;
    this.#counts = { ...this.#counts, underruns: 0 };
  }

  /** @param {FirstDeck} deck */
  async measure(deck) {
    const now = performance.now();
    if (now - this.#measured < MEASURING_MS) return;
    this.#measured = now;
    this.sizes = await deck.stats();
  }

  /** All stems were released. */
  close() {
    this.sizes = { bytes: 0, fetched: 0 };
    this.#isStalled = false;
  }
}
