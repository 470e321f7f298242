// The content of the document: replaced by another page's, and kept working as the address changes.
import { parseUrl } from "../base/urls.js";

const STAYS = "link[rel=stylesheet], script[src], meta[charset], meta[http-equiv]";
const ADDRESSES = {
  href: "a[href]",
  value: "[data-mixer-songs] option",
  "data-root": "[data-root]",
  "data-song": "[data-song]",
  "data-mixer": "[data-mixer]",
};

/**
 * The elements of the head that change with the page.
 * @param {Document} document
 */
function pageElements({ head }) {
  return [...head.children].filter((element) => !element.matches(STAYS));
}

/** Make the URLs of icons absolute: browsers resolve them again when the address changes. */
export function anchorIcons() {
  for (const link of pageElements(document)) if (link instanceof HTMLLinkElement) link.setAttribute("href", link.href);
}

/**
 * Make the page's relative URLs absolute: the address bar is ahead of the page that is shown.
 * @param {URL} base
 */
export function resolveAddresses(base) {
  for (const [name, elements] of Object.entries(ADDRESSES)) {
    for (const element of document.body.querySelectorAll(elements)) {
      const url = parseUrl(element.getAttribute(name) ?? "", base);
      if (url) element.setAttribute(name, url.href);
    }
  }
}

/**
 * Replace the page's elements of the head, and the document's language, direction and class.
 * @param {Document} page
 */
export function replaceHead(page) {
  for (const element of pageElements(document)) element.remove();
  document.head.append(...pageElements(page).map((element) => document.importNode(element, true)));
  anchorIcons();
  for (const name of ["lang", "dir"]) {
    const value = page.documentElement.getAttribute(name);
    if (value === null) document.documentElement.removeAttribute(name);
    else document.documentElement.setAttribute(name, value);
  }
  document.body.className = page.body.className;
}

/**
 * Replace the body's content except one element; return the new main element.
 * @param {Document} page @param {Element} keep
 */
export function replaceBody(page, keep) {
  for (const node of [...document.body.childNodes]) if (node !== keep) node.remove();
  keep.before(...[...page.body.childNodes].map((node) => document.importNode(node, true)));
  return document.querySelector("main");
}
