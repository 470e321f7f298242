// What every page does where it can, and can do without: being kept for when there is no network, music
// that goes on, and links that work when the site is opened from a disk. No module, for those do not run from a disk.
{
  const root = new URL("../../", document.currentScript.src);
  const isPreview = Boolean(document.querySelector("script[data-build]"));
  const cacheName = `stempress 1 kept ${root.href}`; // as in sw.js

  const kept = () => caches.open(cacheName);

  function recall(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // this browser keeps nothing
    }
  }

  /** Let nothing move, or all, where the visitor has chosen: here, or just now in another window. */
  function joinMotion() {
    const name = "stempress:motion"; // as in pages/motion.js
    const { dataset } = document.documentElement;
    const settle = (chosen) => { if (chosen) dataset.motion = chosen; };
    settle(recall(name));
    addEventListener("storage", ({ key, newValue }) => key === name && settle(newValue));
    addEventListener("pageswap", ({ viewTransition }) => dataset.motion === "off" && viewTransition?.skipTransition());
  }

  async function register() {
    if (isPreview) {
      const old = await navigator.serviceWorker.getRegistration(root);
      await old?.unregister();
      return;
    }
    await navigator.serviceWorker.register(new URL("sw.js", root), { scope: root, updateViaCache: "none" });
    const offerAll = () => document.querySelectorAll(".keep-offline").forEach((place) => offer(place));
    document.addEventListener("stempress:page", offerAll);
    offerAll();
  }

  async function json(address) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    return answer.json();
  }

  const songOf = (place) => new URL(place.dataset.song, location.href).href;

  async function stemsOf(place) {
    const song = await json(songOf(place));
    return song.layers.flatMap(({ stems }) => stems.map(({ audio }) => new URL(audio.url, root).href));
  }

  /** All that the page needs to play: itself, the mixer, the song's facts and stems. */
  async function everything(place) {
    const app = await json(new URL("app/files.json", root));
    const shown = performance.getEntriesByType("resource").map(({ name }) => name);
    const facts = ["data/collection.json", "data/tokens.json", ...app].map((each) => new URL(each, root).href);
    const all = [location.href.split("#")[0], songOf(place), ...facts, ...shown, ...(await stemsOf(place))];
    return [...new Set(all.filter((each) => each.startsWith(root.href)))];
  }

  async function offer(place) {
    const [button, status] = [place.querySelector("button"), place.querySelector("[role=status]")];
    const hold = await kept();
    const stems = await stemsOf(place);
    let isKept = Boolean(await hold.match(stems.at(-1)));
    const words = place.dataset; // in the page's language
    const show = () => (button.textContent = isKept ? words.remove : words.keep);
    const work = async () => {
      if (isKept) {
        for (const each of stems) await hold.delete(each);
      } else {
        const wanted = await everything(place);
        await navigator.storage?.persist?.();
        for (const [at, each] of wanted.entries()) {
          status.textContent = words.coming.replace("{done}", at + 1).replace("{all}", wanted.length);
          if (!(stems.includes(each) && (await hold.match(each)))) await hold.add(each);
        }
      }
      isKept = !isKept;
      status.textContent = isKept ? words.kept : "";
    };
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        await work();
      } catch (error) {
        status.textContent = words.failed.replace("{reason}", error.message);
      }
      button.disabled = false;
      show();
    });
    show();
    if (isKept) status.textContent = words.kept;
    place.hidden = false;
  }

  /** A disk shows a folder's list of files, where hosts show its page. */
  function nameIndexes() {
    for (const link of document.links) {
      if (link.protocol === "file:" && link.pathname.endsWith("/")) link.pathname += "index.html";
    }
  }

  // The player bar, which comes when it is first wanted: data-queue names what to play, as bar/tracks.js
  // says, and data-add adds it to what is queued already.

  const openBar = async () => (await import("./bar.js")).openBar();
  const warmBar = () => openBar().catch(() => {}); // the press says what is wrong

  async function queue(button) {
    const status = button.parentElement.querySelector("[role=status][data-failed]"); // if there is one
    const say = (text) => status && (status.textContent = text);
    try {
      const player = await openBar();
      await player.take(button.dataset.queue.split(" "), { add: "add" in button.dataset });
      say("");
    } catch (error) {
      say(status?.dataset.failed.replace("{reason}", error.message));
    }
  }

  function joinBar() {
    const shown = location.pathname;
    const isShared = () => location.hash.startsWith("#queue=");
    document.addEventListener("click", ({ target }) => {
      const button = target.closest?.("[data-queue]");
      if (button) queue(button);
    });
    document.addEventListener("pointerdown", ({ target }) => target.closest?.("[data-queue]") && warmBar());
    addEventListener("hashchange", () => isShared() && warmBar());
    // Pages that the bar has shown are one document to the history, also after it is gone.
    addEventListener("popstate", () => location.pathname !== shown && !customElements.get("player-bar") && location.reload());
    if (recall(`stempress:queue:${document.documentElement.dataset.collection}`) || isShared()) warmBar();
  }

  function leaveOut() {
    document.documentElement.dataset.disk = "";
    for (const place of document.querySelectorAll(".to-queue")) place.hidden = true; // no modules from a disk
  }

  joinMotion();
  if (location.protocol === "file:") {
    nameIndexes();
    leaveOut();
  } else {
    if (!document.body.classList.contains("embed")) joinBar();
    if (navigator.serviceWorker && window.caches) register().catch(() => {}); // the page needs none of it
  }
}
