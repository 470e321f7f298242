// Which variations of a song the radio plays: the first, and changes of one stem at a time.
//
// A variation's odds are the product of its stems' weights, among those that the rules permit. The first is drawn from
// these odds, and a change is a step of a Metropolised Gibbs sampler (Liu 1996), which keeps them: another stem of one
// layer is drawn, given those of the others. So at any time of a song each stem is heard as often as it is among the
// permitted variations.
/** @import { Random } from "./random.js" */
import { choicesIn } from "../base/mix-numbers.js";

const TRIES = 256; // to draw a variation that the rules permit
const STEPS = 16; // of each layer, from the first permitted variation, if no try succeeded

/** @typedef {readonly number[]} Choice positions of the stems in their layers, from 0, or LEFT_OUT */
/** @typedef {{ frame: number, row: number, nth: number }} Change of a layer's stem, from a frame of the song on */
/** @typedef {Pick<Data.RadioSong, "layers" | "rules" | "first">} Drawn */

export class Variations {
  #random;
  #first;
  #options;
  #weights;
  /** @type {number[]} */
  #variable; // rows with several options
  #rules;

  /** @param {Drawn} song @param {Random} random */
  constructor({ layers, rules, first }, random) {
    this.#random = random;
    this.#first = first;
    this.#options = layers.map(choicesIn);
    this.#weights = layers.map(({ stems, empty }) => [...stems.map(({ weight }) => weight), ...(empty ? [empty] : [])]);
    this.#variable = [...layers.keys()].filter((row) => this.#weights[row].filter(Boolean).length > 1);
    this.#rules = rules.map((rule) => rowsOf(rule, layers));
  }

  /** @returns {Choice} */
  draw() {
    for (let tries = 0; tries < TRIES; tries++) {
      const choice = this.#options.map((options, row) => options[this.#drawOption(this.#weights[row]) ?? 0]);
      if (this.permits(choice)) return choice;
    }
    /** @type {Choice} */
    let choice = this.#first;
    for (let steps = STEPS * choice.length; steps > 0; steps--) choice = this.step(choice);
    return choice;
  }

  /**
   * The variation after a step, which may be the same.
   * @param {Choice} choice
   * @returns {Choice}
   */
  step(choice) {
    if (!this.#variable.length) return choice;
    const row = this.#variable[this.#random.below(this.#variable.length)];
    const options = this.#options[row];
    const weights = options.map((nth, at) => (this.permits(choice.with(row, nth)) ? this.#weights[row][at] : 0));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const now = options.indexOf(choice[row]);
    const drawn = this.#drawOption(weights.with(now, 0));
    if (drawn === null) return choice;
    const isAccepted = this.#random.below(total - weights[drawn]) < total - weights[now];
    return isAccepted ? choice.with(row, options[drawn]) : choice;
  }

  /** @param {Choice} choice */
  permits(choice) {
    return this.#rules.every(({ when, exclude, require }) => {
      if (!when.every(([row, nths]) => nths.includes(choice[row]))) return true;
      return !exclude.some(([row, nths]) => nths.includes(choice[row])) && require.every(([row, nths]) => nths.includes(choice[row]));
    });
  }

  /** @param {readonly number[]} weights */
  #drawOption(weights) {
    return weights.some(Boolean) ? this.#random.weighted(weights) : null;
  }
}

/**
 * A rule with rows and positions of stems instead of slugs.
 * @param {Data.Rule} rule @param {Drawn["layers"]} layers
 */
function rowsOf(rule, layers) {
  /** @param {Record<string, string[]>} side @returns {[row: number, nths: number[]][]} */
  const rows = (side) => Object.entries(side).map(([slug, stems]) => {
    const row = layers.findIndex((layer) => layer.slug === slug);
    return [row, stems.map((stem) => layers[row].stems.findIndex((other) => other.slug === stem))];
  });
  return { when: rows(rule.if), exclude: rows(rule.exclude), require: rows(rule.require) };
}
