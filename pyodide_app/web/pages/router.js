// Goes from page to page within one document, so that what plays goes on. Only while it is wanted:
// otherwise links are links. What cannot be shown this way (another policy, another site, no network,
// anything that fails) is gone to plainly.
import { ROOT } from "../base/root.js";
import { APP, isOutdated } from "../base/version.js";
import { isMotionOn } from "./motion.js";
import { enterPage, leavePage } from "./page-life.js";

const STAYS = "link[rel=stylesheet], script[src], meta[charset], meta[http-equiv]";
const ADDRESSES = {
  href: "a[href]",
  value: "[data-mixer-songs] option",
  "data-root": "[data-root]",
  "data-song": "[data-song]",
  "data-mixer": "[data-mixer]",
};
const DOOR = new URL("app/web/site.js", ROOT).href;
const POLICY = "meta[http-equiv='Content-Security-Policy']";

/** @typedef {[left: number, top: number]} ScrollPosition */

export class Router {
  #isWanted;
  #keep;
  #report;
  #reportOffline;
  #shown = new URL(location.href); // what follows a ? is the page's own affair
  /** @type {AbortController | null} */
  #loading = null; // ends a page that is on its way
  #last = Date.now(); // ids of the history's entries: others than those before a reload
  /** @type {number} */
  #entry = history.state?.entry ?? this.#last; // the one that is shown
  /** @type {Map<number, ScrollPosition>} */
  #positions = new Map(); // how far entries were scrolled

  /**
   * @param {object} options
   * @param {() => boolean} options.isWanted whether links are followed here
   * @param {Element} options.keep what stays in the body
   * @param {(title: string) => void} options.report called with the title of each page that is shown
   * @param {() => void} options.refuse called where there is no network: the browser could show an error at
   *     most, in silence
   * @param {AbortSignal} options.signal
   */
  constructor({ isWanted, keep, report, refuse, signal }) {
    this.#isWanted = isWanted;
    this.#keep = keep;
    this.#report = report;
    this.#reportOffline = refuse;
    document.addEventListener("click", (event) => this.#followLink(event), { signal });
    addEventListener("popstate", (event) => this.#followHistory(event), { signal });
    anchorIcons();
    addEventListener("pagehide", () => { history.scrollRestoration = "auto"; }, { signal });
  }

  /** @param {MouseEvent} event */
  #followLink(event) {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!(link instanceof HTMLAnchorElement) || !isPlain(event, link)) return;
    const url = new URL(link.href);
    if (!this.#isWanted() || !isPage(url)) return;
    if (withoutHash(url) === withoutHash(location) && url.hash) {
      this.#cancel();
      this.#saveScroll(); // the browser scrolls by itself
      return;
    }
    event.preventDefault();
    this.#navigate(url, null);
  }

  /** @param {PopStateEvent} event */
  #followHistory({ state }) {
    const entry = state?.entry ?? ++this.#last;
    if (location.pathname === this.#shown.pathname) {
      this.#cancel();
      if (history.scrollRestoration === "auto") return; // nothing has been shown here yet
      if (state) this.#positions.set(this.#entry, [scrollX, scrollY]);
      this.#markEntry(entry);
      const position = this.#positions.get(entry);
      if (position || location.hash) this.#scroll(position, location.hash);
    } else if (this.#isWanted()) {
      resolveAddresses(this.#shown);
      this.#navigate(new URL(location.href), entry);
    } else location.reload();
  }

  /** The visitor stays: what is on its way is not wanted any more. */
  #cancel() {
    this.#loading?.abort();
    document.documentElement.removeAttribute("data-leaving");
  }

  /**
   * Show a page: as a new entry of the history, or as one that the history has gone to already.
   * @param {URL} url @param {number | null} entry
   */
  async #navigate(url, entry) {
    this.#loading?.abort();
    const { signal } = (this.#loading = new AbortController());
    document.documentElement.toggleAttribute("data-leaving", true);
    try {
      const { page, address } = await fetchPage(url, signal);
      await loadResources(page, address, signal);
      await inTransition(() => {
        if (!signal.aborted) this.#replacePage(page, address, entry);
      });
    } catch {
      if (signal.aborted) return;
      if (entry === null && !navigator.onLine) this.#reportOffline();
      else if (entry === null) location.assign(url);
      else location.reload();
    }
    if (!signal.aborted) document.documentElement.removeAttribute("data-leaving");
  }

  /** @param {Document} page @param {URL} url @param {number | null} entry */
  #replacePage(page, url, entry) {
    leavePage();
    if (entry === null) {
      this.#saveScroll();
      if (url.href !== location.href) history.pushState(null, "", url);
      this.#markEntry(++this.#last);
    } else {
      this.#positions.set(this.#entry, [scrollX, scrollY]);
      this.#markEntry(entry);
    }
    this.#shown = url;
    replaceHead(page);
    const main = replaceBody(page, this.#keep);
    enterPage();
    this.#scroll(this.#positions.get(this.#entry), url.hash);
    main?.focus({ preventScroll: true });
    this.#report(document.title);
  }

  /** Note how far the shown entry is scrolled, before the history goes on. */
  #saveScroll() {
    this.#markEntry(history.state?.entry ?? ++this.#last);
    this.#positions.set(this.#entry, [scrollX, scrollY]);
  }

  /**
   * Mark the history's entry, so that it is known when the visitor comes back to it.
   * @param {number} entry
   */
  #markEntry(entry) {
    this.#entry = entry;
    history.replaceState({ ...history.state, entry }, "");
    history.scrollRestoration = "manual";
  }

  /** @param {ScrollPosition | undefined} position @param {string} hash */
  #scroll(position, hash) {
    const target = hash && document.getElementById(decodeId(hash.slice(1)));
    if (position) scrollTo({ left: position[0], top: position[1], behavior: "instant" });
    else if (target) target.scrollIntoView({ behavior: "instant" });
    else scrollTo({ top: 0, behavior: "instant" });
  }
}

/** @param {MouseEvent} event @param {HTMLAnchorElement} link */
function isPlain(event, link) {
  const isModified = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  if (event.defaultPrevented || event.button !== 0 || isModified) return false;
  return (!link.target || link.target === "_self") && !link.hasAttribute("download");
}

/**
 * Pages end in a slash; everything else is a file.
 * @param {URL} url
 */
function isPage(url) {
  return url.href.startsWith(ROOT.href) && url.pathname.endsWith("/");
}

/** @param {{ pathname: string, search: string }} address */
function withoutHash({ pathname, search }) {
  return pathname + search;
}

/** @param {string} id */
function decodeId(id) {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

/** @param {URL} url @param {AbortSignal} signal */
async function fetchPage(url, signal) {
  const answer = await fetch(url, { signal });
  const isHtml = answer.headers.get("content-type")?.startsWith("text/html");
  const address = new URL(answer.url || url);
  address.hash = url.hash;
  if (!answer.ok || !isHtml || !isPage(address)) throw new Error("no page of this site");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  /** @param {Document} from */
  const policy = (from) => from.querySelector(POLICY)?.getAttribute("content");
  /** @param {Document} from */
  const collection = (from) => from.documentElement.dataset.collection;
  if (policy(page) !== policy(document) || collection(page) !== collection(document)) {
    throw new Error("a page of another kind");
  }
  if (!(await isOfThisVersion(page, address))) throw new Error("a page of another version");
  return { page, address };
}

/**
 * Modules of two versions do not mix. A page that names its script at the door says nothing of its version.
 * @param {Document} page @param {URL} url
 */
async function isOfThisVersion(page, url) {
  const sources = [...page.querySelectorAll("script[src]")].map((script) => new URL(script.getAttribute("src") ?? "", url).href);
  const script = sources.find((source) => source.endsWith("/site.js")) ?? DOOR;
  return script === DOOR ? !(await isOutdated()) : script.startsWith(APP.href);
}

/**
 * Have the style sheets and modules that a page asks for; those that are here stay.
 * @param {Document} page @param {URL} url @param {AbortSignal} signal
 */
function loadResources(page, url, signal) {
  /** @param {Element} element @param {string} name */
  const full = (element, name) => new URL(element.getAttribute(name) ?? "", url).href;
  const sheets = [...page.querySelectorAll("link[rel=stylesheet]")].map((element) => full(element, "href"));
  const modules = [...page.querySelectorAll("script[type=module][src]")].map((element) => full(element, "src"));
  return Promise.all([loadSheets(sheets, { signal }), ...modules.map((src) => import(src))]);
}

/**
 * Have style sheets in this order, the last one `before` a link; those that are here stay where they are.
 * @param {string[]} hrefs @param {{ signal?: AbortSignal, before?: Element | null }} [options]
 */
export function loadSheets(hrefs, { signal, before = null } = {}) {
  /** @type {NodeListOf<HTMLLinkElement>} */
  const links = document.querySelectorAll("link[rel=stylesheet]");
  const here = new Map([...links].map((link) => [link.sheet?.href ?? link.href, link]));
  /** @param {string} href */
  const after = (href) => here.get(hrefs.slice(hrefs.indexOf(href)).find((other) => here.has(other)) ?? "") ?? before;
  const missing = hrefs.filter((href) => !here.has(href));
  return Promise.all(missing.map((href) => loadSheet(href, { signal, before: after(href) })));
}

/** @param {string} href @param {{ signal?: AbortSignal, before: Element | null }} options */
function loadSheet(href, { signal, before }) {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  return new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = () => reject(new Error(`${href} is not there`));
    signal?.addEventListener("abort", () => {
      if (!link.sheet) link.remove(); // whoever wants it next has to wait for it
      reject(signal.reason);
    });
    document.head.insertBefore(link, before);
  });
}

/** @param {() => void} act */
async function inTransition(act) {
  const isSeen = isMotionOn() && document.visibilityState === "visible";
  if (!isSeen || !document.startViewTransition) return act();
  const { updateCallbackDone, ready, finished } = document.startViewTransition(act);
  for (const step of [ready, finished]) step.catch(() => {}); // another page has come meanwhile
  return updateCallbackDone;
}

/**
 * The elements of the head that belong to one page.
 * @param {Document} document
 */
function pageElements({ head }) {
  return [...head.children].filter((element) => !element.matches(STAYS));
}

/** Browsers look for icons anew when the address changes: from wherever they are then. */
function anchorIcons() {
  for (const link of pageElements(document)) if (link instanceof HTMLLinkElement) link.setAttribute("href", link.href);
}

/**
 * The address has gone ahead of the page that is shown: the addresses in it are relative to where it was.
 * @param {URL} base
 */
function resolveAddresses(base) {
  for (const [name, elements] of Object.entries(ADDRESSES)) {
    for (const element of document.body.querySelectorAll(elements)) {
      const address = element.getAttribute(name) ?? "";
      if (URL.canParse(address, base)) element.setAttribute(name, new URL(address, base).href);
    }
  }
}

/**
 * Replace what the head says, and the document of itself.
 * @param {Document} page
 */
function replaceHead(page) {
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
 * Replace the body's content but for what is kept; return the new main.
 * @param {Document} page @param {Element} keep
 */
function replaceBody(page, keep) {
  for (const node of [...document.body.childNodes]) if (node !== keep) node.remove();
  keep.before(...[...page.body.childNodes].map((node) => document.importNode(node, true)));
  return document.querySelector("main");
}
