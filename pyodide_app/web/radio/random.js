// Seeded random numbers: integers alone, so that every browser draws the same.

const STEP = 0x9e3779b9; // 2 ** 32 divided by the golden ratio
const TWO_32 = 2 ** 32;

/** Whole numbers of 32 bits: a counter, hashed (Weyl sequence and Wellons' "lowbias32"). */
export class Random {
  #state;

  /** @param {...number} words whole numbers below 2 ** 32 that identify the sequence */
  constructor(...words) {
    this.#state = words.reduce((state, word) => hash(state + STEP + word), 0);
  }

  /**
   * A whole number from 0 to `most` - 1.
   * @param {number} most at most 2 ** 21, so that the product is exact
   */
  below(most) {
    this.#state = (this.#state + STEP) >>> 0;
    return Math.floor((hash(this.#state) * most) / TWO_32);
  }

  /**
   * An index, with odds in proportion to weights.
   * @param {readonly number[]} weights whole numbers, at most 2 ** 21 together, and not all 0
   */
  weighted(weights) {
    let rest = this.below(weights.reduce((sum, weight) => sum + weight, 0));
    return weights.findIndex((weight) => (rest -= weight) < 0);
  }

  /**
   * @template T
   * @param {readonly T[]} things
   */
  shuffled(things) {
    const order = [...things];
    for (let last = order.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      [order[last], order[other]] = [order[other], order[last]];
    }
    return order;
  }
}

/** @param {number} word */
function hash(word) {
  let mixed = word ^ (word >>> 16);
  mixed = Math.imul(mixed, 0x21f0aaad);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0xd35a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
