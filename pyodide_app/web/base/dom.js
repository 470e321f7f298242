// Elements: found, created, and copied from the page's templates. Untrusted strings only ever become text.
import { parseUrl } from "./urls.js";
import { checkAnswer } from "./answers.js";
import { ROOT } from "./root.js";

/**
 * The first element that matches a selector. Templates must have it: throws where it is missing.
 * @template {Element} [E=HTMLElement]
 * @param {ParentNode} parent @param {string} selector
 * @param {new () => E} [type] HTMLElement, unless it is given
 * @returns {E}
 */
export function find(parent, selector, type) {
  const element = parent.querySelector(selector);
  if (element instanceof (type ?? HTMLElement)) return /** @type {E} */ (element);
  throw new Error(`the page has no ${selector}`);
}

/** @param {ParentNode} parent @param {string} selector */
export function findAll(parent, selector) {
  return /** @type {NodeListOf<HTMLElement>} */ (parent.querySelectorAll(selector));
}

/**
 * A copy of the content of <template data-t="name">.
 * @param {string} name
 */
export function cloneTemplate(name) {
  const template = find(document, `template[data-t="${name}"]`, HTMLTemplateElement);
  return /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
}

/**
 * The descendant with the attribute data-<name>.
 * @template {Element} [E=HTMLElement]
 * @param {ParentNode} parent @param {string} name
 * @param {new () => E} [type] HTMLElement, unless it is given
 * @returns {E}
 */
export function part(parent, name, type) {
  return find(parent, `[data-${name}]`, type);
}

/** @param {Element} element @param {string} words */
export function setText(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/**
 * An element with attributes and children; attributes that are null or false are left out.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Readonly<Record<string, string | number | boolean | null>>} [attributes]
 * @param {...(string | Node)} children
 */
export function createElement(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

/**
 * A link; without an address, its text alone.
 * @param {string} words @param {string} [address]
 */
export function createLink(words, address) {
  if (!address) return document.createTextNode(words);
  return createElement("a", { href: address, rel: "noopener noreferrer" }, words);
}

/**
 * The full URL of an address within this site; "" for any other address.
 * @param {string} address
 */
export function siteAddress(address) {
  const url = parseUrl(address, ROOT)?.href ?? "";
  return address && url.startsWith(ROOT.href) ? url : "";
}

/**
 * A token's URL on another site, from the artist's pattern; "" if there is none.
 * @param {string | undefined} pattern @param {{ address: string }} contract @param {string} id
 */
export function externalAddress(pattern, contract, id) {
  const filled = String(pattern ?? "").replaceAll("{address}", contract.address).replaceAll("{token_id}", id);
  return /^https?:\/\//i.test(filled) && parseUrl(filled) ? filled : "";
}

/**
 * Load a JSON file of the site.
 * @param {string} address
 * @returns {Promise<any>} JSON
 */
export async function loadJson(address) {
  const answer = await fetch(new URL(address, ROOT));
  checkAnswer(answer, address);
  return answer.json();
}
