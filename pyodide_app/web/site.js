// What every page does where it can, and can do without: being kept for when there is no network, music
// that goes on, and links that work when the site is opened from a disk. No module, for those do not run from a disk.
{
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const root = new URL("../../", script.src);
  const isPreview = Boolean(document.querySelector("script[data-build]"));
  const cacheName = `stempress 1 kept ${root.href}`; // as in sw.js

  /**
   * Hear of an event for as long as there is a document: this script belongs to no page of it.
   * @param {EventTarget} target @param {string} type @param {(event: any) => void} listener
   */
  function listen(target, type, listener) {
    // eslint-disable-next-line local/listener-signal -- it lasts as long as the document
    target.addEventListener(type, listener);
  }

  /** @param {string} key */
  function recall(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // this browser keeps nothing
    }
  }

  /** Let nothing move, or all, where the visitor has chosen: here, or just now in another window. */
  function followMotion() {
    const name = "stempress:motion"; // as in pages/motion.js
    const { dataset } = document.documentElement;
    /** @param {string | null} chosen */
    const settle = (chosen) => { if (chosen) dataset.motion = chosen; };
    settle(recall(name));
    listen(window, "storage", ({ key, newValue }) => key === name && settle(newValue));
    listen(window, "pageswap", ({ viewTransition }) => dataset.motion === "off" && viewTransition?.skipTransition());
  }

  async function register() {
    if (isPreview) {
      const old = await navigator.serviceWorker.getRegistration(root);
      await old?.unregister();
      return;
    }
    await navigator.serviceWorker.register(new URL("sw.js", root), { scope: root.href, updateViaCache: "none" });
    let life = new AbortController(); // of the page that is shown
    const offerAll = () => {
      life.abort();
      life = new AbortController();
      /** @type {NodeListOf<HTMLElement>} */
      const offers = document.querySelectorAll(".keep-offline");
      for (const offer of offers) offerToKeep(offer, life.signal).catch(() => {}); // without the facts there is no offer
    };
    listen(document, "stempress:page", offerAll);
    offerAll();
  }

  /**
   * @param {string | URL} address @param {RequestInit} [options]
   * @returns {Promise<any>}
   */
  async function json(address, options) {
    const answer = await fetch(address, options);
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    return answer.json();
  }

  /** @param {HTMLElement} offer */
  const songOf = (offer) => new URL(offer.dataset.song ?? "", location.href).href;

  /** @param {HTMLElement} offer */
  async function stemsOf(offer) {
    /** @type {Data.Song} */
    const song = await json(songOf(offer));
    return song.layers.flatMap(({ stems }) => stems.map(({ audio }) => new URL(audio.url, root).href));
  }

  /**
   * All that the page needs to play: itself, the mixer, the song's facts and stems.
   * @param {HTMLElement} offer
   */
  async function addressesToKeep(offer) {
    /** @type {string[]} */
    const app = await json(new URL("app/files.json", root));
    const shown = performance.getEntriesByType("resource").map(({ name }) => name);
    const facts = ["data/collection.json", "data/tokens.json", ...app].map((address) => new URL(address, root).href);
    const all = [location.href.split("#")[0], songOf(offer), ...facts, ...shown, ...(await stemsOf(offer))];
    return [...new Set(all.filter((address) => address.startsWith(root.href)))];
  }

  /**
   * Offer to keep what a page needs to play, or to remove it.
   * @param {HTMLElement} offer @param {AbortSignal} signal
   */
  async function offerToKeep(offer, signal) {
    const [button, status] = [offer.querySelector("button"), offer.querySelector("[role=status]")];
    const { remove = "", keep = "", coming = "", kept = "", failed = "" } = offer.dataset; // in the page's language
    const cache = await caches.open(cacheName);
    const stems = await stemsOf(offer);
    const last = stems.at(-1);
    if (!button || !status || !last || signal.aborted) return;
    let isKept = Boolean(await cache.match(last));
    const show = () => (button.textContent = isKept ? remove : keep);
    const work = async () => {
      if (isKept) {
        for (const stem of stems) await cache.delete(stem);
      } else {
        const addresses = await addressesToKeep(offer);
        await navigator.storage?.persist?.();
        for (const [nth, address] of addresses.entries()) {
          status.textContent = coming.replace("{done}", String(nth + 1)).replace("{all}", String(addresses.length));
          if (!(stems.includes(address) && (await cache.match(address)))) await cache.add(address);
        }
      }
      isKept = !isKept;
      status.textContent = isKept ? kept : "";
    };
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        await work();
      } catch (error) {
        status.textContent = failed.replace("{reason}", error instanceof Error ? error.message : String(error));
      }
      button.disabled = false;
      show();
    }, { signal });
    show();
    if (isKept) status.textContent = kept;
    offer.hidden = false;
  }

  /** A disk shows a folder's list of files, where hosts show its page. */
  function linkToIndexFiles() {
    for (const link of document.links) {
      if (link.protocol === "file:" && link.pathname.endsWith("/")) link.pathname += "index.html";
    }
  }

  // The player bar, which comes when it is first wanted: data-queue names what to play, as bar/tracks.js
  // says, and data-add adds it to what is queued already.

  /** Whether the modules that this page was made with are gone, as base/version.js says it; a door has none. */
  async function isOutdated() {
    const folder = new URL("./", script.src).href;
    if (folder === new URL("app/web/", root).href) return false;
    /** @type {string[] | null} */
    const app = await json(new URL("app/files.json", root), { cache: "no-store" }).catch(() => null);
    return app !== null && !app.some((address) => new URL(address, root).href.startsWith(folder));
  }

  const openBar = async () => (await import("./bar.js")).openBar();
  const warmBar = () => openBar().catch(() => {}); // the press says what is wrong

  /** @param {EventTarget | null} target */
  function queueButton(target) {
    return target instanceof Element ? /** @type {HTMLElement | null} */ (target.closest("[data-queue]")) : null;
  }

  /** @param {HTMLElement} button */
  async function queue(button) {
    /** @type {HTMLElement | null | undefined} */
    const status = button.parentElement?.querySelector("[role=status][data-failed]"); // if there is one
    /** @param {string} text */
    const say = (text) => status && (status.textContent = text);
    try {
      const player = await openBar();
      await player.take((button.dataset.queue ?? "").split(" "), { add: "add" in button.dataset });
      say("");
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const reason = (await isOutdated()) ? script.dataset.updated ?? "" : message;
      say((status?.dataset.failed ?? "").replace("{reason}", reason));
    }
  }

  function connectBar() {
    const shown = location.pathname;
    const isShared = () => location.hash.startsWith("#queue=");
    listen(document, "click", ({ target }) => {
      const button = queueButton(target);
      if (button) queue(button);
    });
    listen(document, "pointerdown", ({ target }) => queueButton(target) && warmBar());
    listen(window, "hashchange", () => isShared() && warmBar());
    // Pages that the bar has shown are one document to the history, also after it is gone.
    listen(window, "popstate", () => location.pathname !== shown && !customElements.get("player-bar") && location.reload());
    if (recall(`stempress:queue:${document.documentElement.dataset.collection}`) || isShared()) warmBar();
  }

  function hideQueueButtons() {
    document.documentElement.dataset.disk = "";
    /** @type {NodeListOf<HTMLElement>} */
    const offers = document.querySelectorAll(".to-queue");
    for (const offer of offers) offer.hidden = true; // no modules from a disk
  }

  followMotion();
  if (location.protocol === "file:") {
    linkToIndexFiles();
    hideQueueButtons();
  } else {
    if (!document.body.classList.contains("embed")) connectBar();
    if (navigator.serviceWorker && window.caches) register().catch(() => {}); // the page needs none of it
  }
}
