// Sentences in the site's language: _("Mix %(number)s", { number }). Whole ones, for other languages
// have another order. `make words` finds them by the functions' names, and in quotes alone.
import { FORMS, ISOLATION, LANGUAGE, whichForm } from "./language.js";

const PLACE = /%\((\w+)\)s/g;
/** @type {Map<number, Intl.NumberFormat>} */
const formats = new Map(); // digits -> a format, which takes long to make

/** @typedef {Readonly<Record<string, unknown>>} Given values by the names of their places */

/** @param {string} words @param {Given} [given] */
function fill(words, given) {
  return given ? words.replaceAll(PLACE, (place, name) => isolate(given[name])) : words;
}

/** @param {unknown} value */
function isolate(value) {
  return `${ISOLATION[0]}${value}${ISOLATION[1]}`;
}

/** @param {string} words @param {Given} [given] */
export function _(words, given) {
  return fill(FORMS[words]?.[0] ?? words, given);
}

/**
 * The same words can mean different things in different places.
 * @param {string} context @param {string} words @param {Given} [given]
 */
export function pgettext(context, words, given) {
  return fill(FORMS[`${context}\x04${words}`]?.[0] ?? words, given);
}

/**
 * The sentence that goes with a number, which is shown as %(num)s.
 * @param {number} count @param {string} one @param {string} many @param {Given} [given]
 */
export function plural(count, one, many, given) {
  const form = FORMS[one]?.[whichForm(count)] ?? (count === 1 ? one : many);
  return fill(form, { num: formatNumber(count), ...given });
}

/**
 * A sentence in pieces, to be appended: its words, and the nodes that are given for its places.
 * @template T
 * @param {string} words @param {Readonly<Record<string, T[]>>} given
 * @returns {(string | T)[]}
 */
export function splitSentence(words, given) {
  /** @type {(string | T)[]} */
  const nodes = [];
  for (const [nth, piece] of words.split(PLACE).entries()) nodes.push(...(nth % 2 ? given[piece] : [piece]));
  return nodes.filter((node) => node !== "");
}

/** @param {number} value @param {Intl.NumberFormatOptions} [options] */
export function formatNumber(value, options) {
  return value.toLocaleString(LANGUAGE, options);
}

/**
 * A number with so many digits after the point.
 * @param {number} value
 */
export function formatDecimal(value, digits = 1) {
  let format = formats.get(digits);
  if (!format) {
    format = new Intl.NumberFormat(LANGUAGE, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    formats.set(digits, format);
  }
  return format.format(value).replace("-", "\u2212");
}

/** @param {number} share from 0 to 1 */
export function formatPercent(share) {
  return formatNumber(share, { style: "percent" });
}

/**
 * Names in a sentence.
 * @param {readonly string[]} names @param {"and" | "or"} [type]
 */
export function formatList(names, type = "and") {
  return listFormat(type).format(names.map(isolate));
}

/**
 * Nodes in a sentence, to be appended with the words between them.
 * @template T
 * @param {readonly T[]} nodes @param {"and" | "or"} [type]
 * @returns {(string | T)[]}
 */
export function formatNodeList(nodes, type = "and") {
  const parts = listFormat(type).formatToParts(nodes.map((node, nth) => String(nth)));
  return parts.map((part) => (part.type === "element" ? nodes[Number(part.value)] : part.value));
}

/** @param {"and" | "or"} type */
function listFormat(type) {
  // Britain's English, like the rest of the words: no comma before the last of a list.
  return new Intl.ListFormat(LANGUAGE === "en" ? "en-GB" : LANGUAGE, { type: type === "and" ? "conjunction" : "disjunction" });
}
