// What is on air: a pure function of the time in UTC and of the site's seed.
//
// Time is divided into rounds, from 1970 on. A round plays every song once, in an order of its own, each for a slot: its
// length up to the next bar line. So all rounds take equally long, and nothing has to be known of earlier ones. Times within
// a round are counted in units of which every song's frames have a whole number: no rounding, the same in every browser.
/** @import { Change, Choice } from "./variations.js" */
import { Bars } from "../mixing/timeline.js";
import { Random } from "./random.js";
import { Variations } from "./variations.js";

const CHANGE_SECONDS = 8; // between two changes, at least
const TOLERANCE_SECONDS = 0.01; // of sound after a bar line, which does not make another bar
const ORDER = 0xffffffff; // instead of a song's number: what the order of a round is drawn from

/**
 * A song on air.
 * @typedef {object} Slot
 * @property {number} round
 * @property {number} nth place in the round, from 0
 * @property {Data.RadioSong} song
 * @property {number} begin in milliseconds since 1970
 * @property {number} frames until the next slot; the song may end before
 * @property {Choice} first
 * @property {Change[]} changes in their order
 */

/** A song's part of the schedule. */
class Part {
  /** @param {Data.RadioSong} song @param {number} index */
  constructor(song, index) {
    const { rate, frames } = song;
    this.song = song;
    this.index = index;
    this.bars = Bars.of({ rate, frames, bars: song.bars ?? 0, bpm: song.bpm ?? 0 });
    this.frames = this.bars ? this.bars.nextLine(Math.max(1, frames - Math.floor(rate * TOLERANCE_SECONDS))) : frames;
    this.tempo = Math.round(1000 * (song.bpm ?? 0)); // 0: unknown
  }

  /** The frames at which a stem may change. */
  get lines() {
    const { rate, frames } = this.song;
    const bars = this.bars ?? new Bars(CHANGE_SECONDS * rate);
    let every = 1;
    while (bars.start(every) < CHANGE_SECONDS * rate) every *= 2;
    const lines = [];
    for (let bar = every; bars.start(bar) < frames; bar += every) lines.push(bars.start(bar));
    return lines;
  }
}

export class Schedule {
  #seed;
  #parts;
  #unitsPerSecond;
  #roundUnits;

  /** @param {Pick<Data.Radio, "seed" | "songs">} radio with at least one song */
  constructor({ seed, songs }) {
    this.#seed = seed;
    this.#parts = songs.map((song, index) => new Part(song, index));
    this.#unitsPerSecond = songs.map(({ rate }) => rate).reduce(leastCommonMultiple);
    this.#roundUnits = this.#parts.reduce((sum, part) => sum + this.#unitsOf(part), 0);
  }

  /**
   * What is on air, and the frame of its slot.
   * @param {number} time in milliseconds since 1970
   * @returns {{ slot: Slot, frame: number }}
   */
  at(time) {
    const units = (BigInt(Math.floor(time)) * BigInt(this.#unitsPerSecond)) / 1000n;
    const round = Number(units / BigInt(this.#roundUnits));
    let rest = Number(units % BigInt(this.#roundUnits));
    const order = this.#order(round);
    const nth = order.findIndex((part) => (rest -= this.#unitsOf(part)) < 0);
    const part = order[nth];
    const frame = Math.floor((rest + this.#unitsOf(part)) / this.#unitsPerFrame(part));
    return { slot: this.#slot(round, nth, order), frame };
  }

  /**
   * The slot after another.
   * @param {Pick<Slot, "round" | "nth">} slot
   */
  after({ round, nth }) {
    return nth + 1 < this.#parts.length ? this.#slot(round, nth + 1) : this.#slot(round + 1, 0);
  }

  /**
   * @param {number} round @param {number} nth
   * @returns {Slot}
   */
  #slot(round, nth, order = this.#order(round)) {
    const part = order[nth];
    const before = order.slice(0, nth).reduce((sum, other) => sum + this.#unitsOf(other), 0);
    const variations = new Variations(part.song, this.#random(round, part.index));
    const first = variations.draw();
    /** @type {Change[]} */
    const changes = [];
    let choice = first;
    for (const frame of part.lines) {
      const next = variations.step(choice);
      const row = next.findIndex((option, layer) => option !== choice[layer]);
      if (row >= 0) changes.push({ frame, row, nth: next[row] });
      choice = next;
    }
    return { round, nth, song: part.song, begin: this.#milliseconds(round, before), frames: part.frames, first, changes };
  }

  /**
   * When a place of a round comes, in milliseconds since 1970, rounded up: then it is on air.
   * @param {number} round @param {number} units
   */
  #milliseconds(round, units) {
    const [all, second] = [BigInt(round) * BigInt(this.#roundUnits) + BigInt(units), BigInt(this.#unitsPerSecond)];
    return Number((all * 1000n + second - 1n) / second);
  }

  /**
   * The order of a round. No song follows itself, if there are three or more.
   * @param {number} round
   */
  #order(round) {
    const order = this.#drawOrder(round);
    if (this.#parts.length < 3 || !round || order[0] !== this.#drawOrder(round - 1).at(-1)) return order;
    [order[0], order[1]] = [order[1], order[0]];
    return order;
  }

  /**
   * Songs of one tempo follow each other, and of two groups that were drawn the one of the nearer tempo comes next. Two
   * songs take turns.
   * @param {number} round
   */
  #drawOrder(round) {
    const random = this.#random(this.#parts.length < 3 ? 0 : round, ORDER);
    let left = byTempo(this.#parts).map((group) => random.shuffled(group));
    const order = left.splice(random.below(left.length), 1)[0];
    while (left.length) {
      const [one, other] = [left[random.below(left.length)], left[random.below(left.length)]];
      const next = distance(order, other) < distance(order, one) ? other : one;
      left = left.filter((group) => group !== next);
      order.push(...next);
    }
    return order;
  }

  /** @param {number} round @param {number} subject */
  #random(round, subject) {
    return new Random(this.#seed, subject, round % 2 ** 32, Math.floor(round / 2 ** 32));
  }

  /** @param {Part} part */
  #unitsPerFrame({ song }) {
    return this.#unitsPerSecond / song.rate;
  }

  /** @param {Part} part */
  #unitsOf(part) {
    return part.frames * this.#unitsPerFrame(part);
  }
}

/**
 * The variation that is heard at a frame of a slot.
 * @param {Slot} slot @param {number} frame
 */
export function choiceAt({ first, changes }, frame) {
  const choice = [...first];
  for (const change of changes) if (change.frame <= frame) choice[change.row] = change.nth;
  return choice;
}

/**
 * Songs of one tempo together; each of an unknown one is alone.
 * @param {readonly Part[]} parts
 */
function byTempo(parts) {
  /** @type {Map<string, Part[]>} */
  const groups = new Map();
  for (const part of parts) {
    const key = part.tempo ? `${part.tempo}` : `song ${part.index}`;
    groups.set(key, [...(groups.get(key) ?? []), part]);
  }
  return [...groups.values()];
}

/**
 * How far the tempo of a group is from that of the songs before; none is near an unknown one.
 * @param {Part[]} before @param {Part[]} group
 */
function distance(before, [{ tempo }]) {
  const last = before[before.length - 1].tempo;
  return tempo && last ? Math.abs(tempo - last) : Infinity;
}

/** @param {number} one @param {number} other */
function leastCommonMultiple(one, other) {
  let [divisor, rest] = [one, other];
  while (rest) [divisor, rest] = [rest, divisor % rest];
  return (one / divisor) * other;
}

/** @param {Slot} one @param {Slot} other */
export function isSame(one, other) {
  return one.round === other.round && one.nth === other.nth;
}
