// Mixes saved by name in this browser, in the format of links.
import { StoredList } from "./stored-list.js";

export const MOST_LETTERS = 60; // of a name
const LONGEST_MIX = 4000;

/** @typedef {{ name: string, mix: string }} SavedMix */

/** @type {StoredList<SavedMix>} */
export const MIXES = new StoredList("mixes", validMix);

/**
 * @param {any} given
 * @returns {SavedMix | null}
 */
function validMix(given) {
  if (typeof given?.name !== "string" || typeof given.mix !== "string" || given.mix.length > LONGEST_MIX) return null;
  const { mix } = given;
  return { name: given.name.slice(0, MOST_LETTERS), mix };
}
