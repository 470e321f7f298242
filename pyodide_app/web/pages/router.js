// Navigates within one document, so that music plays on; when there is nothing to play, links are left to the
// browser. So is whatever cannot be shown this way: pages with another policy, other sites, failed requests.
import { isMotionOn } from "./motion.js";
import { anchorIcons, replaceBody, replaceHead, resolveAddresses } from "./page-content.js";
import { enterPage, leavePage } from "./page-life.js";
import { fetchPage, isPage, loadResources } from "./page-loader.js";

/** @typedef {[left: number, top: number]} ScrollPosition */

export class Router {
  #isWanted;
  #keep;
  #report;
  #reportOffline;
  #shown = new URL(location.href); // the query belongs to the page
  /** @type {AbortController | null} */
  #loading = null; // aborts a page that is being loaded
  #last = Date.now(); // id of a history entry; never one from before a reload
  /** @type {number} */
  #entry = history.state?.entry ?? this.#last; // the current one
  /** @type {Map<number, ScrollPosition>} */
  #positions = new Map(); // by history entry

  /**
   * @param {object} options
   * @param {() => boolean} options.isWanted whether to handle links
   * @param {Element} options.keep the element that stays in the body
   * @param {(title: string) => void} options.report called with the title of each page that is shown
   * @param {() => void} options.refuse called when offline: the browser would only show an error, and
   *     the music would stop
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
      this.#saveScroll(); // the browser scrolls to the hash
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
      if (history.scrollRestoration === "auto") return; // the router has shown nothing yet
      if (state) this.#positions.set(this.#entry, [scrollX, scrollY]);
      this.#markEntry(entry);
      const position = this.#positions.get(entry);
      if (position || location.hash) this.#scroll(position, location.hash);
    } else if (this.#isWanted()) {
      resolveAddresses(this.#shown);
      this.#navigate(new URL(location.href), entry);
    } else location.reload();
  }

  /** Stop loading a page: the visitor stays on this one. */
  #cancel() {
    this.#loading?.abort();
    document.documentElement.removeAttribute("data-leaving");
  }

  /**
   * Show a page: as a new history entry (null), or as one that the browser has gone to already.
   * @param {URL} url @param {number | null} entry
   */
  async #navigate(url, entry) {
    this.#loading?.abort();
    const { signal } = (this.#loading = new AbortController());
    document.documentElement.toggleAttribute("data-leaving", true);
    try {
      const { page, address } = await fetchPage(url, signal);
      const applySheets = await loadResources(page, address, signal);
      await inTransition(() => {
        if (signal.aborted) return;
        applySheets();
        this.#replacePage(page, address, entry);
      });
    } catch {
      if (signal.aborted) return;
      this.#cancel();
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

  /** Save the scroll position of the current entry before leaving it. */
  #saveScroll() {
    this.#markEntry(history.state?.entry ?? ++this.#last);
    this.#positions.set(this.#entry, [scrollX, scrollY]);
  }

  /**
   * Store the entry's id in the history, to recognise it when the visitor comes back.
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

/** @param {() => void} act */
async function inTransition(act) {
  const isSeen = isMotionOn() && document.visibilityState === "visible";
  if (!isSeen || !document.startViewTransition) return act();
  const { updateCallbackDone, ready, finished } = document.startViewTransition(act);
  for (const step of [ready, finished]) step.catch(() => {}); // the transition was skipped for another page
  return updateCallbackDone;
}
