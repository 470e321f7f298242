// Pages are made of templates that they bring along; strangers' words only ever become text.
import { _ } from "../language/phrases.js";
import { ROOT } from "./root.js";

/**
 * The first element that matches a selector. Our templates have it: that it is missing is a fault of theirs.
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
 * A copy of what <template data-t="name"> holds.
 * @param {string} name
 */
export function cloneTemplate(name) {
  const template = find(document, `template[data-t="${name}"]`, HTMLTemplateElement);
  return /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
}

/**
 * The element below another that is marked data-name.
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
 * An element with attributes, of which null and false are left out, and children.
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
 * A link with these words; without an address the words alone.
 * @param {string} words @param {string} [address]
 */
export function createLink(words, address) {
  if (!address) return document.createTextNode(words);
  return createElement("a", { href: address, rel: "noopener noreferrer" }, words);
}

/**
 * An address within this site, in full; "" for any other.
 * @param {string} address
 */
export function siteAddress(address) {
  const url = URL.canParse(address, ROOT) ? new URL(address, ROOT).href : "";
  return address && url.startsWith(ROOT.href) ? url : "";
}

/**
 * An artist's address of a token elsewhere; "" where there is none.
 * @param {string | undefined} pattern @param {{ address: string }} contract @param {string} id
 */
export function externalAddress(pattern, contract, id) {
  const filled = String(pattern ?? "").replaceAll("{address}", contract.address).replaceAll("{token_id}", id);
  return /^https?:\/\//i.test(filled) && URL.canParse(filled) ? filled : "";
}

/**
 * A file of the site's data.
 * @param {string} address
 * @returns {Promise<any>} JSON
 */
export async function loadJson(address) {
  const answer = await fetch(new URL(address, ROOT));
  if (!answer.ok) throw new Error(_("%(address)s couldn't be loaded (HTTP %(status)s)", { address, status: answer.status }));
  return answer.json();
}
