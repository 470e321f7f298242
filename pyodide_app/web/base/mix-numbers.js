// Mix numbers such as "3-0-4": the stems' positions in their layers, from 1; 0 for a layer that is left out.

/** In a choice, which counts from 0, a layer that is left out. */
export const LEFT_OUT = -1;

/**
 * The mix number of a choice.
 * @param {readonly number[]} choice the stems' positions, from 0, or LEFT_OUT
 */
export function mixNumber(choice) {
  return choice.map((nth) => nth + 1).join("-");
}

/**
 * The choice of a mix number.
 * @param {string} mix
 */
export function parseMixNumber(mix) {
  return mix ? mix.split("-").map((nth) => Number(nth) - 1) : [];
}

/**
 * What can be chosen in a layer.
 * @param {{ stems: readonly unknown[], empty?: number }} layer
 */
export function choicesIn({ stems, empty }) {
  return [...stems.keys(), ...(empty ? [LEFT_OUT] : [])];
}
