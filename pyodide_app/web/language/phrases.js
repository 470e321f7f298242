// Translated sentences: _("Mix %(number)s", { number }). Always whole sentences, as word order differs between
// languages. `make words` extracts string literals passed to _, pgettext and plural.
import { FORMS, ISOLATION, LANGUAGE, whichForm } from "./language.js";

// British English, like all sentences: days before months, no comma before the last item of a list.
const LOCALE = LANGUAGE === "en" ? "en-GB" : LANGUAGE;
const PLACE = /%\((\w+)\)s/g;
/** @type {Map<number, Intl.NumberFormat>} */
const formats = new Map(); // by digits; slow to create

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
 * Translate a sentence whose meaning depends on its context.
 * @param {string} context @param {string} words @param {Given} [given]
 */
export function pgettext(context, words, given) {
  return fill(FORMS[`${context}\x04${words}`]?.[0] ?? words, given);
}

/**
 * The plural form for a number, which is shown as %(num)s.
 * @param {number} count @param {string} one @param {string} many @param {Given} [given]
 */
export function plural(count, one, many, given) {
  const form = FORMS[one]?.[whichForm(count)] ?? (count === 1 ? one : many);
  return fill(form, { num: formatNumber(count), ...given });
}

/**
 * A translated sentence with nodes in place of its placeholders, ready to be appended.
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
 * A number with a fixed count of decimals.
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
 * A day and the time of day, here.
 * @param {string} time
 */
export function formatMoment(time) {
  return new Date(time).toLocaleString(LOCALE, { dateStyle: "medium", timeStyle: "short" });
}

/**
 * A list of names, as part of a sentence.
 * @param {readonly string[]} names @param {"and" | "or"} [type]
 */
export function formatList(names, type = "and") {
  // Hebrew puts a hyphen between "and" and what isn't Hebrew: the names are isolated afterwards.
  const parts = listFormat(type).formatToParts(names);
  return parts.map((part) => (part.type === "element" ? isolate(part.value) : part.value)).join("");
}

/**
 * A list of nodes with the words between them, ready to be appended.
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
  return new Intl.ListFormat(LOCALE, { type: type === "and" ? "conjunction" : "disjunction" });
}
