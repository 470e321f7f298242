// Goes from page to page within one document, so that what plays goes on. Only while it is wanted:
// otherwise links are links. What cannot be shown this way (another policy, another site, no network,
// anything that fails) is gone to plainly.
import { ROOT } from "../base/root.js";
import { moves } from "./motion.js";
import { arrive, leave } from "./page-life.js";

const STAYS = "link[rel=stylesheet], script[src], meta[charset], meta[http-equiv]";
const PLACES = {
  href: "a[href]",
  value: "[data-mixer-songs] option",
  "data-root": "[data-root]",
  "data-song": "[data-song]",
  "data-mixer": "[data-mixer]",
};
const POLICY = "meta[http-equiv='Content-Security-Policy']";

export class Router {
  #isWanted;
  #keep;
  #tell;
  #refuse;
  #shown = new URL(location.href); // what follows a ? is the page's own affair
  #asked = null; // ends a page that is on its way
  #last = Date.now(); // ids of the history's entries: others than those before a reload
  #entry = history.state?.entry ?? this.#last; // the one that is shown
  #places = new Map(); // entry -> how far it was scrolled

  /**
   * `isWanted` says whether links are followed here; `keep` is what stays in the body; `tell` hears titles.
   * `refuse` is called where there is no network: the browser could show an error at most, in silence.
   */
  constructor({ isWanted, keep, tell, refuse }) {
    this.#isWanted = isWanted;
    this.#keep = keep;
    this.#tell = tell;
    this.#refuse = refuse;
    document.addEventListener("click", (event) => this.#click(event));
    addEventListener("popstate", (event) => this.#pop(event));
    anchor();
    addEventListener("pagehide", () => { history.scrollRestoration = "auto"; });
  }

  #click(event) {
    const link = event.target.closest?.("a[href]");
    if (!link || !isPlain(event, link)) return;
    const url = new URL(link.href);
    if (!this.#isWanted() || !isPage(url)) return;
    if (bare(url) === bare(location) && url.hash) {
      this.#forgo();
      this.#remember(); // the browser scrolls by itself
      return;
    }
    event.preventDefault();
    this.#go(url, null);
  }

  #pop({ state }) {
    const entry = state?.entry ?? ++this.#last;
    if (location.pathname === this.#shown.pathname) {
      this.#forgo();
      if (history.scrollRestoration === "auto") return; // nothing has been shown here yet
      if (state) this.#places.set(this.#entry, [scrollX, scrollY]);
      this.#enter(entry);
      const place = this.#places.get(entry);
      if (place || location.hash) this.#scroll(place, location.hash);
    } else if (this.#isWanted()) {
      pin(this.#shown);
      this.#go(new URL(location.href), entry);
    } else location.reload();
  }

  /** The visitor stays: what is on its way is not wanted any more. */
  #forgo() {
    this.#asked?.abort();
    document.documentElement.removeAttribute("data-leaving");
  }

  /** Show a page: as a new entry of the history, or as one that the history has gone to already. */
  async #go(url, entry) {
    this.#asked?.abort();
    const { signal } = (this.#asked = new AbortController());
    document.documentElement.toggleAttribute("data-leaving", true);
    try {
      const { page, address } = await fetchPage(url, signal);
      await load(page, address, signal);
      await inTransition(() => signal.aborted || this.#swap(page, address, entry));
    } catch {
      if (signal.aborted) return;
      if (entry === null && !navigator.onLine) this.#refuse();
      else if (entry === null) location.assign(url);
      else location.reload();
    }
    if (!signal.aborted) document.documentElement.removeAttribute("data-leaving");
  }

  #swap(page, url, entry) {
    leave();
    if (entry === null) {
      this.#remember();
      if (url.href !== location.href) history.pushState(null, "", url);
      this.#enter(++this.#last);
    } else {
      this.#places.set(this.#entry, [scrollX, scrollY]);
      this.#enter(entry);
    }
    this.#shown = url;
    dress(page);
    const main = furnish(page, this.#keep);
    arrive();
    this.#scroll(this.#places.get(this.#entry), url.hash);
    main.focus({ preventScroll: true });
    this.#tell(document.title);
  }

  /** Note how far the shown entry is scrolled, before the history goes on. */
  #remember() {
    this.#enter(history.state?.entry ?? ++this.#last);
    this.#places.set(this.#entry, [scrollX, scrollY]);
  }

  /** Mark the history's entry, so that it is known when the visitor comes back to it. */
  #enter(entry) {
    this.#entry = entry;
    history.replaceState({ ...history.state, entry }, "");
    history.scrollRestoration = "manual";
  }

  #scroll(place, hash) {
    const target = hash && document.getElementById(decoded(hash.slice(1)));
    if (place) scrollTo({ left: place[0], top: place[1], behavior: "instant" });
    else if (target) target.scrollIntoView({ behavior: "instant" });
    else scrollTo({ top: 0, behavior: "instant" });
  }
}

function isPlain(event, link) {
  const isModified = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  if (event.defaultPrevented || event.button !== 0 || isModified) return false;
  return (!link.target || link.target === "_self") && !link.hasAttribute("download");
}

/** Pages end in a slash; everything else is a file. */
function isPage(url) {
  return url.href.startsWith(ROOT.href) && url.pathname.endsWith("/");
}

function bare({ pathname, search }) {
  return pathname + search;
}

function decoded(id) {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

async function fetchPage(url, signal) {
  const answer = await fetch(url, { signal });
  const isHtml = answer.headers.get("content-type")?.startsWith("text/html");
  const address = new URL(answer.url || url);
  address.hash = url.hash;
  if (!answer.ok || !isHtml || !isPage(address)) throw new Error("no page of this site");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const policy = (from) => from.querySelector(POLICY)?.content;
  const collection = (from) => from.documentElement.dataset.collection;
  if (policy(page) !== policy(document) || collection(page) !== collection(document)) {
    throw new Error("a page of another kind");
  }
  return { page, address };
}

/** Have the style sheets and modules that a page asks for; those that are here stay. */
function load(page, url, signal) {
  const full = (element, name) => new URL(element.getAttribute(name), url).href;
  const sheets = [...page.querySelectorAll("link[rel=stylesheet]")].map((each) => full(each, "href"));
  const modules = [...page.querySelectorAll("script[type=module][src]")].map((each) => full(each, "src"));
  return Promise.all([loadSheets(sheets, { signal }), ...modules.map((src) => import(src))]);
}

/** Have style sheets in this order, the last one `before` a link; those that are here stay where they are. */
export function loadSheets(hrefs, { signal, before = null } = {}) {
  const here = new Map([...document.querySelectorAll("link[rel=stylesheet]")].map((link) => [link.sheet?.href ?? link.href, link]));
  const after = (href) => here.get(hrefs.slice(hrefs.indexOf(href)).find((each) => here.has(each))) ?? before;
  const missing = hrefs.filter((href) => !here.has(href));
  return Promise.all(missing.map((href) => loadSheet(href, { signal, before: after(href) })));
}

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

async function inTransition(act) {
  const isSeen = moves() && document.visibilityState === "visible";
  if (!isSeen || !document.startViewTransition) return act();
  const { updateCallbackDone, ready, finished } = document.startViewTransition(act);
  for (const each of [ready, finished]) each.catch(() => {}); // another page has come meanwhile
  return updateCallbackDone;
}

function changing({ head }) {
  return [...head.children].filter((each) => !each.matches(STAYS));
}

/** Browsers look for icons anew when the address changes: from wherever they are then. */
function anchor() {
  for (const link of changing(document)) if (link.matches("link")) link.setAttribute("href", link.href);
}

/** The address has gone ahead of the page that is shown: the places it names are meant from where it was. */
function pin(base) {
  for (const [name, elements] of Object.entries(PLACES)) {
    for (const each of document.body.querySelectorAll(elements)) {
      const place = each.getAttribute(name);
      if (URL.canParse(place, base)) each.setAttribute(name, new URL(place, base).href);
    }
  }
}

/** The head's words, and what the document says of itself. */
function dress(page) {
  for (const each of changing(document)) each.remove();
  document.head.append(...changing(page).map((each) => document.importNode(each, true)));
  anchor();
  for (const name of ["lang", "dir"]) {
    const value = page.documentElement.getAttribute(name);
    if (value === null) document.documentElement.removeAttribute(name);
    else document.documentElement.setAttribute(name, value);
  }
  document.body.className = page.body.className;
}

/** The body's content but for what is kept; returns the new main. */
function furnish(page, keep) {
  for (const each of [...document.body.childNodes]) if (each !== keep) each.remove();
  keep.before(...[...page.body.childNodes].map((each) => document.importNode(each, true)));
  return document.querySelector("main");
}
