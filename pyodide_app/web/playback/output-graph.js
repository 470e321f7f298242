// The nodes that the decks play into: a gain for each deck, then the trim, then the hardware.
/** @import { Deck } from "./player-state.js" */
import { FADE_SECONDS, fadeOut } from "./audio-hardware.js";

const FADE_LEAD_SECONDS = 0.05; // at least, from Python's confirmation to the crossfade

export class OutputGraph {
  /** The last node before the context's destination. */
  node;
  first;
  python;

  /** @param {AudioContext} context @param {number} trim in dB */
  constructor(context, trim) {
    this.node = new GainNode(context);
    this.first = new GainNode(context, { gain: 0 });
    this.python = new GainNode(context, { gain: 0 });
    this.first.connect(this.node);
    this.python.connect(this.node);
    this.node.connect(context.destination);
    if (trim) this.trim(trim);
  }

  get context() {
    return this.node.context;
  }

  /** @param {number} volume in dB */
  trim(volume) {
    this.node.gain.setTargetAtTime(10 ** (volume / 20), this.context.currentTime, 0.01);
  }

  /** Let one deck be heard, and not the other. @param {Deck} deck */
  select(deck) {
    for (const { gain } of [this.first, this.python]) gain.cancelScheduledValues(0);
    this.first.gain.value = Number(deck === "first");
    this.python.gain.value = Number(deck === "python");
  }

  /**
   * Crossfade to Python, which plays in sync from a time of the context on; returns the seconds until that is done.
   * @param {number} at
   */
  crossfade(at) {
    const { currentTime } = this.context;
    const from = Math.max(at, currentTime + FADE_LEAD_SECONDS);
    const to = from + FADE_SECONDS;
    this.python.gain.setValueAtTime(0, from).linearRampToValueAtTime(1, to);
    this.first.gain.setValueAtTime(1, from).linearRampToValueAtTime(0, to);
    return from - currentTime + 2 * FADE_SECONDS;
  }

  /** Fade out and disconnect. */
  close() {
    fadeOut(this.node);
  }
}
