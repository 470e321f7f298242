// What is asked of the gallery's index: words, chosen values, an order. No page, no network.
import { isAddressOf } from "./token-index.js";

/** What a word is worth where it stands: a token's own number most, the inside of some word least. */
const NUMBER = 16;
const WHOLE = 4; // as a word of the title; twice that of the beginning, four times that of the inside
const ELSEWHERE = 2; // as a word of its layers, stems, song or album
const HOLDER = 1;
const SHORTEST_ADDRESS = 6; // "0x" and four digits: less could be a word

export const SORTS = ["name", "-name", "number", "-number", "rarity", "-rarity", "owner", "-owner"];

export function fold(text) {
  return text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
}

/** Prepares an index for questions; `ask` answers in a few milliseconds for ten thousand tokens. */
export class Finder {
  constructor(index, language) {
    this.index = index;
    this.facets = index.facets;
    this.#texts = index.kinds.map((kind) => [wordsOf(titleWords(kind)), wordsOf(otherWords(kind))]);
    this.#states = this.facets.find(({ name }) => name === "state").values.map(({ slug, label }) => wordsOf(`${slug} ${label}`));
    this.#collator = new Intl.Collator(language, { numeric: true, sensitivity: "base" });
  }

  #texts;
  #states;
  #collator;
  #orders = new Map();

  /**
   * What fits, as places in the wanted order; and for every facet how many tokens each of its values
   * would have, given the words and what is chosen in the other facets.
   */
  ask({ words, chosen, sort }) {
    const terms = fold(words).split(/\s+/).filter(Boolean);
    const scores = this.#scores(terms);
    const { fits, counts } = this.#count(scores, chosen);
    const order = this.order(sort || "number");
    const places = order.filter((at) => fits[at]);
    if (terms.length && !sort) places.sort((one, other) => scores[other] - scores[one] || one - other);
    return { places, counts };
  }

  /** All places in an order; those that have nothing to be ordered by come last, either way. */
  order(sort) {
    if (!this.#orders.has(sort)) this.#orders.set(sort, this.#arrange(sort));
    return this.#orders.get(sort);
  }

  #arrange(sort) {
    const keys = this.#keys(sort.replace("-", ""));
    const turn = sort.startsWith("-") ? -1 : 1;
    const compare = (one, other) => {
      if (keys[one] === keys[other]) return one - other;
      if (keys[one] === Infinity || keys[other] === Infinity) return keys[one] - keys[other];
      return turn * (keys[one] - keys[other]);
    };
    return Uint32Array.from({ length: this.index.count }, (_, at) => at).sort(compare);
  }

  #keys(name) {
    const { count, kinds, kindOf, bits, owners } = this.index;
    if (name === "name") {
      const ranks = ranksOf(kinds.map((kind) => kind.name), this.#collator.compare);
      return Float64Array.from(kindOf, (kind) => ranks[kind]);
    }
    if (name === "rarity") return bits.map((each) => (each < 0 ? Infinity : -each));
    if (name === "owner") {
      const ranks = ranksOf(owners.addresses.map(({ head, tail }) => head + tail));
      return Float64Array.from({ length: count }, (_, at) => ranks[owners.of(at)[0]] ?? Infinity);
    }
    return Float64Array.from({ length: count }, (_, at) => at);
  }

  /** How well every token fits the words, 0 for those that do not. */
  #scores(terms) {
    const { count, kindOf, stateOf, owners } = this.index;
    const scores = new Uint16Array(count).fill(1);
    for (const term of terms) {
      const ofKind = this.#texts.map(([title, others]) => worth(title, term, WHOLE) || worth(others, term, ELSEWHERE));
      const ofState = this.#states.map((words) => worth(words, term, ELSEWHERE));
      const holders = term.length >= SHORTEST_ADDRESS && term.startsWith("0x") ? this.#holders(term) : null;
      const [from, to] = this.#range(term);
      for (let at = 0; at < count; at++) {
        if (scores[at] === 0) continue;
        let best = Math.max(ofKind[kindOf[at]], ofState[stateOf[at]]);
        if (at >= from && at < to) best = NUMBER;
        else if (best === 0 && holders && owners.of(at).some((each) => holders.has(each))) best = HOLDER;
        scores[at] = best === 0 ? 0 : scores[at] + best;
      }
    }
    return scores;
  }

  #holders(typed) {
    const found = new Set();
    this.index.owners.addresses.forEach((each, at) => isAddressOf(each, typed) && found.add(at));
    return found;
  }

  /** The places of "12", "#12" and "100-200": from the first up to, but without, the second. */
  #range(term) {
    const [, first, last = first] = /^#?(\d{1,78})(?:[-\u2013]#?(\d{1,78}))?$/.exec(term) ?? [];
    if (first === undefined) return [0, 0];
    return [this.#place(first, false), this.#place(last, true)];
  }

  /** How many tokens have a smaller number than this, or one that is not larger. */
  #place(number, orEqual) {
    const { ids } = this.index;
    const wanted = number.replace(/^0+(?=\d)/, "");
    let [low, high] = [0, ids.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const difference = ids[middle].length - wanted.length || (ids[middle] < wanted ? -1 : Number(ids[middle] > wanted));
      if (difference < 0 || (orEqual && difference === 0)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #count(scores, chosen) {
    const { count } = this.index;
    const masks = this.facets.map(({ name, values }) => maskOf(values, chosen[name]));
    const asked = this.facets.flatMap((_, at) => (masks[at] ? [at] : []));
    const counts = this.facets.map(({ values }) => new Uint32Array(values.length));
    const fits = new Uint8Array(count);
    const add = (facet, at) => {
      for (const value of this.facets[facet].of(at)) counts[facet][value]++;
    };
    for (let at = 0; at < count; at++) {
      if (scores[at] === 0) continue;
      const missed = asked.filter((facet) => !this.facets[facet].of(at).some((value) => masks[facet][value]));
      if (missed.length === 0) {
        fits[at] = 1;
        for (let facet = 0; facet < counts.length; facet++) add(facet, at);
      } else if (missed.length === 1) add(missed[0], at);
    }
    return { fits, counts: Object.fromEntries(this.facets.map(({ name }, at) => [name, counts[at]])) };
  }
}

/** Which of a facet's values are chosen; null where none is, for then all fit. */
function maskOf(values, slugs = []) {
  if (slugs.length === 0) return null;
  const wanted = new Set(slugs);
  return values.map(({ slug }) => wanted.has(slug));
}

function ranksOf(names, compare) {
  const sorted = [...new Set(names)].sort(compare);
  const rank = new Map(sorted.map((name, at) => [name, at]));
  return names.map((name) => rank.get(name));
}

function titleWords({ name, tier }) {
  return `${name} ${tier}`;
}

function otherWords({ song, album, stems }) {
  return [song?.title, album?.title, ...stems.flatMap(({ name, layer }) => [name, layer.name])].join(" ");
}

function wordsOf(text) {
  return fold(text).split(/\s+/).filter(Boolean);
}

function worth(words, term, whole) {
  let best = 0;
  for (const word of words) {
    if (word === term) return whole * 3;
    if (word.startsWith(term)) best = Math.max(best, whole * 2);
    else if (word.includes(term)) best = Math.max(best, whole);
  }
  return best;
}
