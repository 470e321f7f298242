// Searches the gallery's index by words, facets and order. Pure.
/** @import { Kind } from "./kinds.js" */
/** @import { Index } from "./token-index.js" */
import { numberOf } from "../tokens/token-ids.js";
import { isAddressOf } from "./holders.js";

/**
 * @typedef {object} Criteria
 * @property {string} words
 * @property {Record<string, string[]>} chosen slugs by facet
 * @property {string} sort one of SORTS, or "": the default order
 */

/** Scores of a match. */
const NUMBER = 16;
const WHOLE = 4; // within the title; doubled at a word's start, tripled for a whole word
const ELSEWHERE = 2; // within its layers, stems, song or album
const HOLDER = 1;
const SHORTEST_ADDRESS = 6; // "0x" and four digits; anything shorter could be a word

export const SORTS = ["name", "-name", "number", "-number", "rarity", "-rarity", "owner", "-owner"];

/** @param {string} text */
export function foldText(text) {
  return text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
}

/** A search over an index; takes a few milliseconds for ten thousand tokens. */
export class TokenSearch {
  /** @param {Index} index @param {string} language */
  constructor(index, language) {
    this.index = index;
    this.facets = index.facets;
    this.#texts = index.kinds.map((kind) => [wordsOf(titleWords(kind)), wordsOf(otherWords(kind))]);
    const states = this.facets.find(({ name }) => name === "state")?.values ?? [];
    this.#states = states.map(({ slug, label }) => wordsOf(`${slug} ${label}`));
    this.#collator = new Intl.Collator(language, { numeric: true, sensitivity: "base" });
  }

  #texts;
  #states;
  #collator;
  /** @type {Map<string, Uint32Array>} */
  #orders = new Map();

  /**
   * The matching tokens in order, and for every facet how many tokens each of its values has, given the words and
   * the values chosen in the other facets.
   * @param {Criteria} criteria
   */
  search({ words, chosen, sort }) {
    const terms = foldText(words).split(/\s+/).filter(Boolean);
    const scores = this.#scores(terms);
    const { fits, counts } = this.#count(scores, chosen);
    const order = this.order(sort || "number");
    const tokens = order.filter((token) => fits[token]);
    if (terms.length && !sort) tokens.sort((one, other) => scores[other] - scores[one] || one - other);
    return { tokens, counts };
  }

  /**
   * All tokens in an order; tokens without a sort key come last in both directions.
   * @param {string} sort
   */
  order(sort) {
    let order = this.#orders.get(sort);
    if (!order) {
      order = this.#sorted(sort);
      this.#orders.set(sort, order);
    }
    return order;
  }

  /** @param {string} sort */
  #sorted(sort) {
    const keys = this.#keys(sort.replace("-", ""));
    const sign = sort.startsWith("-") ? -1 : 1;
    /** @param {number} one @param {number} other */
    const compare = (one, other) => {
      if (keys[one] === keys[other]) return one - other;
      if (keys[one] === Infinity || keys[other] === Infinity) return keys[one] - keys[other];
      return sign * (keys[one] - keys[other]);
    };
    return Uint32Array.from(Array(this.index.count).keys()).sort(compare);
  }

  /** @param {string} name */
  #keys(name) {
    const { count, kinds, kindOf, bits, owners } = this.index;
    if (name === "name") {
      const ranks = ranksOf(kinds.map((kind) => kind.name), this.#collator.compare);
      return Float64Array.from(kindOf, (kind) => ranks[kind]);
    }
    if (name === "rarity") return bits.map((score) => (score < 0 ? Infinity : -score));
    if (name === "owner") {
      const ranks = ranksOf(owners.addresses.map(({ head, tail }) => head + tail));
      return Float64Array.from(Array(count).keys(), (token) => ranks[owners.of(token)[0]] ?? Infinity);
    }
    return Float64Array.from(Array(count).keys());
  }

  /**
   * The score of every token; 0: no match.
   * @param {string[]} terms
   */
  #scores(terms) {
    const { count, kindOf, stateOf, owners } = this.index;
    const scores = new Uint16Array(count).fill(1);
    for (const term of terms) {
      const ofKind = this.#texts.map(([title, others]) => matchScore(title, term, WHOLE) || matchScore(others, term, ELSEWHERE));
      const ofState = this.#states.map((words) => matchScore(words, term, ELSEWHERE));
      const holders = term.length >= SHORTEST_ADDRESS && term.startsWith("0x") ? this.#holders(term) : null;
      const [from, to] = this.#range(term);
      for (let token = 0; token < count; token++) {
        if (scores[token] === 0) continue;
        let best = Math.max(ofKind[kindOf[token]], ofState[stateOf[token]]);
        if (token >= from && token < to) best = NUMBER;
        else if (best === 0 && holders && owners.of(token).some((holder) => holders.has(holder))) best = HOLDER;
        scores[token] = best === 0 ? 0 : scores[token] + best;
      }
    }
    return scores;
  }

  /**
   * The holders whose address matches.
   * @param {string} typed
   */
  #holders(typed) {
    const { addresses } = this.index.owners;
    return new Set([...addresses.keys()].filter((nth) => isAddressOf(addresses[nth], typed)));
  }

  /**
   * The tokens of "12", "#12" or "100-200", as a half-open range.
   * @param {string} term
   */
  #range(term) {
    const [, first, last = first] = /^#?(\d{1,78})(?:[-\u2013]#?(\d{1,78}))?$/.exec(term) ?? [];
    if (first === undefined) return [0, 0];
    return [this.#countBelow(first, false), this.#countBelow(last, true)];
  }

  /**
   * How many tokens have a smaller number, or also an equal one.
   * @param {string} number @param {boolean} orEqual
   */
  #countBelow(number, orEqual) {
    const { ids } = this.index;
    const target = number.replace(/^0+(?=\d)/, "");
    let [low, high] = [0, ids.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const found = numberOf(ids[middle]);
      const difference = found.length - target.length || (found < target ? -1 : Number(found > target));
      if (difference < 0 || (orEqual && difference === 0)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** @param {Uint16Array} scores @param {Record<string, string[]>} chosen */
  #count(scores, chosen) {
    const { count } = this.index;
    const masks = this.facets.map(({ name, values }) => maskOf(values, chosen[name]));
    const chosenFacets = [...masks.keys()].filter((facet) => masks[facet]);
    const counts = this.facets.map(({ values }) => new Uint32Array(values.length));
    const fits = new Uint8Array(count);
    /** @param {number} facet @param {number} token */
    const add = (facet, token) => {
      for (const value of this.facets[facet].of(token)) counts[facet][value]++;
    };
    for (let token = 0; token < count; token++) {
      if (scores[token] === 0) continue;
      const missed = chosenFacets.filter((facet) => !this.facets[facet].of(token).some((value) => masks[facet]?.[value]));
      if (missed.length === 0) {
        fits[token] = 1;
        for (let facet = 0; facet < counts.length; facet++) add(facet, token);
      } else if (missed.length === 1) add(missed[0], token);
    }
    return { fits, counts: Object.fromEntries(this.facets.map(({ name }, facet) => [name, counts[facet]])) };
  }
}

/**
 * Which of a facet's values are chosen; null if none, which matches all tokens.
 * @param {{ slug: string }[]} values @param {string[]} [slugs]
 */
function maskOf(values, slugs = []) {
  if (slugs.length === 0) return null;
  const chosen = new Set(slugs);
  return values.map(({ slug }) => chosen.has(slug));
}

/** @param {string[]} names @param {(one: string, other: string) => number} [compare] */
function ranksOf(names, compare) {
  const sorted = [...new Set(names)].sort(compare);
  const ranks = new Map(sorted.map((name, rank) => [name, rank]));
  return names.map((name) => ranks.get(name) ?? Infinity);
}

/**
 * The words that count most: of a stem its own name, not its song's and layer's.
 * @param {Kind} kind
 */
function titleWords({ name, tier, stems }) {
  return `${tier === "stem" && stems.length ? stems[0].name : name} ${tier}`;
}

/** @param {Kind} kind */
function otherWords({ song, album, stems, without = [] }) {
  const names = [...stems.flatMap(({ name, layer }) => [name, layer.name]), ...without.map(({ name }) => name)];
  return [song?.title, album?.title, ...names].join(" ");
}

/** @param {string} text */
function wordsOf(text) {
  return foldText(text).split(/\s+/).filter(Boolean);
}

/** @param {string[]} words @param {string} term @param {number} whole */
function matchScore(words, term, whole) {
  let best = 0;
  for (const word of words) {
    if (word === term) return whole * 3;
    if (word.startsWith(term)) best = Math.max(best, whole * 2);
    else if (word.includes(term)) best = Math.max(best, whole);
  }
  return best;
}
