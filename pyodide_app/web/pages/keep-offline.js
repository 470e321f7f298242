// "Keep on this device": saves everything that a song page needs offline in the service worker's cache.
import { findAll } from "../base/dom.js";
import { reasonOf } from "../base/errors.js";
import { ROOT } from "../base/root.js";
import { eachPage } from "./page-life.js";

const CACHE = `stempress 1 kept ${ROOT.href}`; // as in sw.js

/** @typedef {(key: string, locked: Data.Access) => boolean} IsHeard whether the visitor hears a stem, or a preview of it */

/**
 * @param {string | URL} address
 * @returns {Promise<any>}
 */
async function json(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

/** @param {HTMLElement} offer */
function songOf(offer) {
  return new URL(offer.dataset.song ?? "", location.href).href;
}

/**
 * The URLs of the stems that the visitor can hear.
 * @param {HTMLElement} offer @param {IsHeard} isHeard
 */
async function stemsOf(offer, isHeard) {
  /** @type {[Data.Song, Data.Collection]} */
  const [song, { mixer }] = await Promise.all([json(songOf(offer)), json(new URL("data/collection.json", ROOT))]);
  return song.layers.flatMap(({ slug, stems }) =>
    stems.filter((stem) => isHeard(`${song.slug}/${slug}/${stem.slug}`, mixer.locked)).map(({ audio }) => new URL(audio.url, ROOT).href),
  );
}

/**
 * The URLs of everything that the page needs: itself, the app, the song's data and stems.
 * @param {HTMLElement} offer @param {string[]} stems
 */
async function addressesToKeep(offer, stems) {
  /** @type {string[]} */
  const app = await json(new URL("app/files.json", ROOT));
  const shown = performance.getEntriesByType("resource").map(({ name }) => name);
  const facts = ["data/collection.json", "data/tokens.json", ...app].map((address) => new URL(address, ROOT).href);
  const all = [location.href.split("#")[0], songOf(offer), ...facts, ...shown, ...stems];
  return [...new Set(all.filter((address) => address.startsWith(ROOT.href)))];
}

/**
 * Show the button that keeps a song, or removes it.
 * @param {HTMLElement} offer @param {IsHeard} isHeard @param {AbortSignal} signal
 */
async function offerToKeep(offer, isHeard, signal) {
  const [button, status] = [offer.querySelector("button"), offer.querySelector("[role=status]")];
  const { remove = "", keep = "", coming = "", kept = "", failed = "" } = offer.dataset; // in the page's language
  const cache = await caches.open(CACHE);
  const stems = await stemsOf(offer, isHeard);
  const last = stems.at(-1);
  if (!button || !status || !last || signal.aborted) return;
  let isKept = Boolean(await cache.match(last));
  const show = () => (button.textContent = isKept ? remove : keep);
  const work = async () => {
    if (isKept) {
      for (const stem of stems) await cache.delete(stem);
    } else {
      const addresses = await addressesToKeep(offer, stems);
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
      status.textContent = failed.replace("{reason}", reasonOf(error));
    }
    button.disabled = false;
    show();
  }, { signal });
  show();
  if (isKept) status.textContent = kept;
  offer.hidden = false;
}

/** @param {IsHeard} isHeard */
export function offerSongs(isHeard) {
  eachPage((signal) => {
    for (const offer of findAll(document, ".keep-offline")) offerToKeep(offer, isHeard, signal).catch(() => {}); // no facts, no offer
  });
}
