// Optional enhancements of every page: offline use, music across pages, and links that work from a disk. A classic
// script, since modules do not run from a disk.
{
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const root = new URL("../../", script.src);
  const isSandboxed = self.origin === "null"; // a frame without allow-same-origin
  const isPreview = Boolean(document.querySelector("script[data-build]"));

  /**
   * Listen for as long as the document exists: the router never replaces this script.
   * @param {EventTarget} target @param {string} type @param {(event: any) => void} listener
   */
  function listen(target, type, listener) {
    // eslint-disable-next-line local/listener-signal -- the router never replaces this script
    target.addEventListener(type, listener);
  }

  /** @param {string} key */
  function recall(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage is blocked
    }
  }

  /** Apply the visitor's choice of motion: a saved one, or a change in another window. */
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
    const offerToKeep = () => document.querySelector(".keep-offline") && import("./keep-offline.js").catch(() => {});
    listen(document, "stempress:page", offerToKeep);
    offerToKeep();
  }

  /** On a disk, link to index.html: browsers would list the folder's files. */
  function linkToIndexFiles() {
    for (const link of document.links) {
      if (link.protocol === "file:" && link.pathname.endsWith("/")) link.pathname += "index.html";
    }
  }

  // The player bar, which comes when it is first wanted: data-queue names what to play, as bar/tracks.js
  // says, and data-add adds it to what is queued already.

  const openBar = async () => (await import("./bar.js")).openBar();
  const warmBar = () => openBar().catch(() => {}); // the press reports the error

  /** @param {EventTarget | null} target */
  function queueButton(target) {
    return target instanceof Element ? /** @type {HTMLElement | null} */ (target.closest("[data-queue]")) : null;
  }

  const LOADED_MS = 200;
  let isWarm = false;

  /**
   * Load what a press of a button needs besides sound: when a pointer or the focus comes to it, or on a touch screen once
   * the page has loaded. Sites without streamed songs load nothing ahead.
   * @param {EventTarget | null} target
   */
  async function warmUp(target) {
    const button = queueButton(target);
    if (!button || isWarm || script.dataset.streamed === undefined || navigator.connection?.saveData) return;
    isWarm = true;
    const addresses = (button.dataset.queue ?? "").split(" ");
    const warmed = import("./warm-up.js").then(({ warmUpQueue }) => warmUpQueue(addresses));
    await Promise.allSettled([import("./bar.js"), warmed]); // the press reports errors
  }

  let turns = 0;

  /** @param {HTMLElement} button */
  async function queue(button) {
    const turn = ++turns; // an earlier press has no more say
    /** @type {HTMLElement | null | undefined} */
    const status = button.parentElement?.querySelector("[role=status][data-failed]"); // if there is one
    /** @param {string} text */
    const say = (text) => status && turn === turns && (status.textContent = text);
    try {
      const player = await openBar();
      await player.playTracks((button.dataset.queue ?? "").split(" "), { add: "add" in button.dataset });
      say("");
    } catch (error) {
      say((status?.dataset.failed ?? "").replace("{reason}", await explain(error)));
    }
  }

  function connectBar() {
    const shown = location.pathname;
    const isShared = () => location.hash.startsWith("#queue=");
    listen(document, "click", ({ target }) => {
      const button = queueButton(target);
      warmUp(target);
      if (button) queue(button);
    });
    listen(document, "pointerdown", ({ target }) => queueButton(target) && warmBar());
    for (const type of ["pointerover", "focusin"]) listen(document, type, ({ target }) => warmUp(target));
    const warmFirst = () => warmUp(document.querySelector("[data-queue]"));
    if (matchMedia("(hover: none)").matches) listen(window, "load", () => setTimeout(warmFirst, LOADED_MS));
    listen(window, "hashchange", () => isShared() && warmBar());
    // Pages that the bar has shown are one document to the history, also after it is gone.
    listen(window, "popstate", () => location.pathname !== shown && !customElements.get("player-bar") && location.reload());
    if (recall(`stempress:queue:${document.documentElement.dataset.collection}`) || isShared()) warmBar();
  }

  /** Show the page as far as it works without modules. */
  function doWithoutModules() {
    document.documentElement.dataset.disk = "";
    /** @type {NodeListOf<HTMLElement>} */
    const offers = document.querySelectorAll(".to-queue");
    for (const offer of offers) offer.hidden = true;
  }

  /** If this page's modules do not run, say why instead of showing controls that do nothing. */
  function watchModules() {
    /** @type {NodeListOf<HTMLScriptElement>} */
    const modules = document.querySelectorAll("script[type=module][src]");
    for (const { src } of modules) import(src).catch(async (error) => sayWhyOff(await explain(error))); // no second request
  }

  /** @param {string} reason */
  function sayWhyOff(reason) {
    if ("disk" in document.documentElement.dataset) return;
    doWithoutModules();
    const notice = document.createElement("p");
    notice.className = "notice";
    notice.setAttribute("role", "alert");
    notice.textContent = (script.dataset.off ?? "").replace("{reason}", reason);
    const mixer = document.querySelector("stem-mixer");
    if (mixer) mixer.replaceChildren(notice);
    else document.querySelector("main")?.prepend(notice);
  }

  /**
   * Why a module could not be loaded, as base/version.js says it.
   * @param {unknown} error
   */
  async function explain(error) {
    const { updated = "", mistyped = "", framed = "" } = script.dataset;
    const answer = await fetch(script.src, { method: "HEAD", cache: "no-store" }).catch(() => null);
    const type = answer?.headers.get("Content-Type") ?? "";
    if (answer?.status === 404) return updated;
    if (answer?.ok && !/(java|ecma)script/i.test(type)) return mistyped.replace("{type}", type);
    if (!answer && isSandboxed) return framed;
    return error instanceof Error ? error.message : String(error);
  }

  /** Sandboxed frames may forbid links to the top or a new tab: then they open in the frame. */
  function keepLinksWorking() {
    /** @type {NodeListOf<HTMLAnchorElement>} */
    const links = document.querySelectorAll("a[target=_top]");
    for (const link of links) {
      listen(link, "click", (event) => {
        event.preventDefault();
        if (!window.open(link.href)) location.href = link.href;
      });
    }
  }

  followMotion();
  if (location.protocol === "file:") {
    linkToIndexFiles();
    doWithoutModules();
  } else {
    watchModules();
    if (isSandboxed) keepLinksWorking();
    if (!document.body.classList.contains("embed")) connectBar();
    if (!isSandboxed && navigator.serviceWorker && window.caches) register().catch(() => {}); // the page works without it
  }
}
