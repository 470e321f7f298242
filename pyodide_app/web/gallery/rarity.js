// How rare the gallery's tokens are, and in which percentile band of their tier.
import { TIERS, UNKNOWN } from "./kinds.js";

/** @import { Kind } from "./kinds.js" */

/** Percentiles of rarity among the revealed tokens of a tier. */
export const BANDS = [1, 5, 10, 25, 50, 100];
const ALIKE = 1e-8; // tolerance for equal rarities, which are sums of rounded numbers

/**
 * Every token's rarity in bits, from the odds of its stems; an album token has the sum of its songs.
 * @param {Kind[]} kinds @param {Uint32Array} kindOf @param {Data.Gallery["burned"]} burned
 */
export function bitsOf(kinds, kindOf, burned) {
  const bits = Float64Array.from(kindOf, (kind) => kinds[kind].bits);
  for (const [album, songs] of Object.entries(burned)) bits[Number(album)] = songs.reduce((sum, song) => sum + bits[song], 0);
  return bits;
}

/**
 * Every token's percentile band; none for unrevealed tokens, and for tiers whose tokens are all equally rare.
 * @param {Kind[]} kinds @param {Uint32Array} kindOf @param {Float64Array} bits
 */
export function bandsOf(kinds, kindOf, bits) {
  const bands = new Int8Array(bits.length).fill(UNKNOWN);
  for (const tier of TIERS) {
    const known = [...bits.keys()].filter((token) => bits[token] !== UNKNOWN && kinds[kindOf[token]].tier === tier);
    known.sort((one, other) => bits[other] - bits[one]);
    if (known.length === 0 || bits[known[0]] - bits[known[known.length - 1]] <= ALIKE) continue;
    let last = known.length; // from the most common on: equally rare tokens share a band
    for (let rank = known.length - 1; rank >= 0; rank--) {
      if (rank === known.length - 1 || bits[known[rank]] - bits[known[rank + 1]] > ALIKE) last = rank + 1;
      bands[known[rank]] = BANDS.findIndex((percent) => last * 100 <= known.length * percent);
    }
  }
  return bands;
}
