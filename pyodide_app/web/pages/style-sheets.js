// The document's style sheets: those that the current page lists, in its order, and those of elements that outlive pages.
// The sheets of the next page are loaded before it is shown, but apply only then; those it does not list are removed.
const SHEETS = "link[rel=stylesheet]";
const NEVER = "not all"; // a media query that never matches: the sheet loads without applying

/** @type {Set<string>} */
const lasting = new Set();

/**
 * Load sheets that stay from page to page, before the last sheet: that is the site's own.
 * @param {string[]} hrefs
 */
export function addLastingSheets(hrefs) {
  const links = currentLinks();
  const missing = hrefs.filter((href) => !links.some((link) => hrefOf(link) === href));
  for (const href of hrefs) lasting.add(href);
  return Promise.all(missing.map((href) => {
    const link = createLink(href);
    document.head.insertBefore(link, links.at(-1) ?? null);
    return whenLoaded(link);
  }));
}

/**
 * Load the sheets that a page lists and the document lacks. Returns a function that applies them, and removes those that
 * the page does not list.
 * @param {Document} page @param {URL} url @param {AbortSignal} signal
 */
export async function loadSheets(page, url, signal) {
  const current = currentLinks();
  const kept = new Set();
  /** @type {Map<HTMLLinkElement, string>} */
  const added = new Map(); // with their media queries
  let next = 0;
  for (const link of listedLinks(page, url)) {
    const index = current.findIndex((other, nth) => nth >= next && isSame(link, other));
    if (index >= 0) {
      kept.add(current[index]);
      next = index + 1;
    } else {
      added.set(link, link.media);
      link.media = NEVER;
      document.head.insertBefore(link, current[next] ?? null);
    }
  }
  let isApplied = false;
  signal.addEventListener("abort", () => {
    if (!isApplied) for (const link of added.keys()) link.remove();
  });
  await Promise.all([...added.keys()].map((link) => whenLoaded(link, signal)));
  return () => {
    isApplied = true;
    for (const [link, media] of added) link.media = media;
    for (const link of current) if (!kept.has(link)) link.remove();
  };
}

/**
 * Links for all sheets of a page, with absolute addresses, and the lasting ones before the last.
 * @param {Document} page @param {URL} url
 */
function listedLinks({ head }, url) {
  const links = [...head.querySelectorAll(SHEETS)].filter((link) => link instanceof HTMLLinkElement).map((link) => {
    const copy = document.importNode(link);
    copy.href = new URL(link.getAttribute("href") ?? "", url).href;
    return copy;
  });
  const others = [...lasting].filter((href) => !links.some((link) => link.href === href));
  links.splice(-1, 0, ...others.map(createLink));
  return links;
}

/** @returns {HTMLLinkElement[]} */
function currentLinks() {
  return [...document.head.querySelectorAll(SHEETS)].filter((link) => link instanceof HTMLLinkElement);
}

/** @param {string} href */
function createLink(href) {
  return Object.assign(document.createElement("link"), { rel: "stylesheet", href });
}

/**
 * A link's absolute address; a relative one would depend on the document's address, which may have changed since.
 * @param {HTMLLinkElement} link
 */
function hrefOf(link) {
  return link.sheet?.href ?? link.href;
}

/** @param {HTMLLinkElement} one @param {HTMLLinkElement} other */
function isSame(one, other) {
  return hrefOf(one) === hrefOf(other) && one.media === other.media;
}

/**
 * Wait for a sheet. One that fails is removed, so that it can be requested again.
 * @param {HTMLLinkElement} link @param {AbortSignal} [signal]
 */
function whenLoaded(link, signal) {
  return new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = () => {
      link.remove();
      reject(new Error(`${link.href} did not load`));
    };
    signal?.addEventListener("abort", () => reject(signal.reason));
  });
}
