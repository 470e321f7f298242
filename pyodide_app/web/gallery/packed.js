// What data/gallery.json packs to be small: columns of numbers, ranges of ids.
import { numberOf } from "../tokens/token-ids.js";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/**
 * "12", "3-40" or "song/3-40" to ids; as strings, since they may exceed JavaScript's safe integers.
 * @param {string} range
 */
export function expandRange(range) {
  const numbers = numberOf(range);
  const folder = range.slice(0, -numbers.length);
  const [first, last = first] = numbers.split("-").map(BigInt);
  return Array.from({ length: Number(last - first) + 1 }, (nothing, nth) => `${folder}${first + BigInt(nth)}`);
}

/** @param {Data.Column} column */
export function unpackColumn({ width, digits }) {
  const numbers = new Uint32Array(digits.length / width);
  for (let nth = 0; nth < digits.length; nth++) {
    const row = Math.floor(nth / width);
    numbers[row] = numbers[row] * DIGITS.length + DIGITS.indexOf(digits[nth]);
  }
  return numbers;
}
