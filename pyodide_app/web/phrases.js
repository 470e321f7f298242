// Sentences in the site's language: _("Mix %(number)s", { number }). Whole ones, for other languages
// have another order. `make words` finds them by the functions' names, and in quotes alone.
import { FORMS, ISOLATION, LANGUAGE, whichForm } from "./language.js";

const PLACE = /%\((\w+)\)s/g;
const formats = new Map(); // digits -> a format, which takes long to make

function fill(words, given) {
  return given ? words.replaceAll(PLACE, (place, name) => isolated(given[name])) : words;
}

function isolated(value) {
  return `${ISOLATION[0]}${value}${ISOLATION[1]}`;
}

export function _(words, given) {
  return fill(FORMS[words]?.[0] ?? words, given);
}

/** The same words can mean different things in different places. */
export function pgettext(context, words, given) {
  return fill(FORMS[`${context}\x04${words}`]?.[0] ?? words, given);
}

/** The sentence that goes with a number, which is shown as %(num)s. */
export function plural(count, one, many, given) {
  const form = FORMS[one]?.[whichForm(count)] ?? (count === 1 ? one : many);
  return fill(form, { num: number(count), ...given });
}

/** A sentence in pieces, to be appended: its words, and the nodes that are given for its places. */
export function pieces(words, given) {
  return words.split(PLACE).flatMap((piece, at) => (at % 2 ? given[piece] : piece)).filter((each) => each !== "");
}

export function number(value, options) {
  return value.toLocaleString(LANGUAGE, options);
}

/** A number with so many digits after the point. */
export function fixed(value, digits = 1) {
  if (!formats.has(digits)) {
    const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    formats.set(digits, new Intl.NumberFormat(LANGUAGE, options));
  }
  return formats.get(digits).format(value).replace("-", "\u2212");
}

export function percent(share) {
  return _("%(count)s %", { count: number(Math.round(100 * share)) });
}

/** Names in a sentence; `type` is "and" or "or". */
export function listed(names, type = "and") {
  return format(type).format(names.map(isolated));
}

/** Nodes in a sentence, to be appended with the words between them. */
export function listedNodes(nodes, type = "and") {
  const parts = format(type).formatToParts(nodes.map((_, at) => String(at)));
  return parts.map((part) => (part.type === "element" ? nodes[part.value] : part.value));
}

function format(type) {
  const how = { and: "conjunction", or: "disjunction" }[type];
  // Britain's English, like the rest of the words: no comma before the last of a list.
  return new Intl.ListFormat(LANGUAGE === "en" ? "en-GB" : LANGUAGE, { type: how });
}
