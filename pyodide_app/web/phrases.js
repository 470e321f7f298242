// Sentences in the site's language: _("Mix %(number)s", { number }). Whole ones, for other languages
// have another order. `make words` finds them here by the functions' names.
import { FORMS, LANGUAGE, whichForm } from "./language.js";

export { LANGUAGE };

const PLACE = /%\((\w+)\)s/g;

function fill(words, given) {
  return given ? words.replaceAll(PLACE, (_, name) => given[name]) : words;
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

export function number(value, options) {
  return value.toLocaleString(LANGUAGE, options);
}
