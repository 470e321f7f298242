// Pages are made of templates that they bring along; strangers' words only ever become text.
import { _ } from "./phrases.js";
export const ROOT = new URL("../../", import.meta.url);

/** A copy of what <template data-t="name"> holds. */
export function clone(name) {
  return document.querySelector(`template[data-t="${name}"]`).content.firstElementChild.cloneNode(true);
}

/** The element below another that is marked data-name. */
export function part(element, name) {
  return element.querySelector(`[data-${name}]`);
}

export function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/** An element with attributes, of which null and false are left out, and children: nodes or words. */
export function make(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

/** A link with these words; without an address the words alone. */
export function link(words, address) {
  if (!address) return document.createTextNode(words);
  const made = document.createElement("a");
  made.href = address;
  made.rel = "noopener noreferrer";
  made.textContent = words;
  return made;
}

/** An address within this site, in full; "" for any other. */
export function inSite(address) {
  const url = URL.canParse(address, ROOT) ? new URL(address, ROOT).href : "";
  return address && url.startsWith(ROOT.href) ? url : "";
}

/** An artist's address of a token elsewhere; "" where there is none. */
export function elsewhere(pattern, contract, id) {
  const filled = String(pattern ?? "").replaceAll("{address}", contract.address).replaceAll("{token_id}", id);
  return /^https?:\/\//i.test(filled) && URL.canParse(filled) ? filled : "";
}

/**
 * A file of the site's data.
 * @param {string} address
 * @returns {Promise<any>} JSON
 */
export async function load(address) {
  const answer = await fetch(new URL(address, ROOT));
  if (!answer.ok) throw new Error(_("%(address)s is not there (%(status)s)", { address, status: answer.status }));
  return answer.json();
}
