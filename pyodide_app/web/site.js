// What every page does where it can, and can do without: being kept for when there is no network, and
// links that work when the site is opened from a disk. No module, for those do not run from a disk.
{
  const root = new URL("../../", document.currentScript.src);
  const isPreview = Boolean(document.querySelector("script[data-build]"));
  const cacheName = `stempress 1 kept ${root.href}`; // as in sw.js

  const kept = () => caches.open(cacheName);

  async function register() {
    if (isPreview) {
      const old = await navigator.serviceWorker.getRegistration(root);
      await old?.unregister();
      return;
    }
    await navigator.serviceWorker.register(new URL("sw.js", root), { scope: root, updateViaCache: "none" });
    for (const place of document.querySelectorAll(".keep-offline")) offer(place);
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

  if (location.protocol === "file:") nameIndexes();
  else if (navigator.serviceWorker && window.caches) register().catch(() => {}); // the page needs none of it
}
