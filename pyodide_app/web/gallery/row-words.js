// The words of a token's row in the list: how rare it is, and who holds it.
import { _, formatDecimal, formatNumber } from "../language/phrases.js";

/** @import { Index } from "./token-index.js" */

const UNKNOWN = "–";

/**
 * What stands in the further columns, by their names.
 * @param {Index} index
 * @returns {Record<string, (token: number) => string>}
 */
export function rowWords(index) {
  return {
    bits: (token) => bitsOf(index, token),
    rarity: (token) => labelOf(index, "rarity", index.bands[token]),
    owner: (token) => holdersOf(index, token),
  };
}

/** @param {Index} index @param {string} name of a facet @param {number} value */
function labelOf({ facets }, name, value) {
  return facets.find((facet) => facet.name === name)?.values[value]?.label ?? "";
}

/** @param {Index} index @param {number} token */
function bitsOf({ bits }, token) {
  if (bits[token] < 0) return UNKNOWN;
  return _("%(score)s bits", { score: formatDecimal(bits[token], 2) });
}

/** @param {Index} index @param {number} token */
function holdersOf(index, token) {
  const [first, ...others] = index.owners.of(token);
  if (first === undefined) return UNKNOWN;
  const label = labelOf(index, "owner", first);
  return others.length ? `${label} +${formatNumber(others.length)}` : label;
}
