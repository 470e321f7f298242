// Unpacks data/gallery.json: all tokens, and the facets to filter them by.
//
// A token is an index from 0 to count - 1, in the order of ids. Tokens of one kind share what kinds.js has of it.
import { loadJson } from "../base/dom.js";
import { stateName, tierName } from "../language/names.js";
import { numberOf } from "../tokens/token-ids.js";
import { ownersOf } from "./holders.js";
import { STATES, kindsOf } from "./kinds.js";
import { expandRange, unpackColumn } from "./packed.js";
import { bandsOf, bitsOf } from "./rarity.js";
import { facetsOf } from "./token-facets.js";

/** @import { Owners } from "./holders.js" */
/** @import { Kind } from "./kinds.js" */
/** @import { Facet } from "./token-facets.js" */
/**
 * @typedef {object} Index
 * @property {number} count
 * @property {string[]} ids
 * @property {Kind[]} kinds
 * @property {Uint32Array} kindOf
 * @property {Uint8Array} stateOf index in STATES
 * @property {Owners} owners
 * @property {Record<string, number[]>} burned tokens burned for an album token
 * @property {Float64Array} bits
 * @property {Int8Array} bands index in BANDS
 * @property {Facet[]} facets
 */

export async function loadIndex() {
  return unpack(await loadJson("data/gallery.json"));
}

/**
 * @param {Data.Gallery} data
 * @returns {Index}
 */
export function unpack(data) {
  const ids = data.ids.flatMap(expandRange);
  const count = ids.length;
  const kinds = kindsOf(data);
  const kindOf = unpackColumn(data.kinds);
  const stateOf = Uint8Array.from(data.states, (letter) => STATES.findIndex((state) => state[0] === letter));
  const owners = ownersOf(data.owners, count);
  const bits = bitsOf(kinds, kindOf, data.burned);
  const bands = bandsOf(kinds, kindOf, bits);
  const { burned } = data;
  const index = { count, ids, kinds, kindOf, stateOf, owners, burned, bits, bands };
  return { ...index, facets: facetsOf(index, data) };
}

/** @param {Pick<Index, "ids" | "kinds" | "kindOf">} index @param {number} token */
export function titleOf({ ids, kinds, kindOf }, token) {
  const { name, title } = kinds[kindOf[token]];
  const number = numberOf(ids[token]);
  return title ? title(number) : `${name} #${number}`;
}

/**
 * A token's track for the player bar; for an album token, the mixes burned for it.
 * @param {Pick<Index, "kinds" | "kindOf" | "burned">} index @param {number} token
 */
export function tracksOf({ kinds, kindOf, burned }, token) {
  const { track } = kinds[kindOf[token]];
  if (track) return [track];
  const songs = (burned[token] ?? []).map((song) => kindOf[song]).sort((one, other) => one - other);
  return songs.flatMap((kind) => kinds[kind].track ?? []);
}

/** @param {Pick<Index, "kinds" | "kindOf">} index @param {number} token */
export function tierOf({ kinds, kindOf }, token) {
  return tierName(kinds[kindOf[token]].tier);
}

/** @param {Pick<Index, "stateOf">} index @param {number} token */
export function stateWords({ stateOf }, token) {
  return stateName(STATES[stateOf[token]]);
}
