// Playlists that a visitor keeps by name in this browser, shares as a link, or takes along as M3U.
//
// A link holds the whole of one after its #: queue=1, name, and tracks joined by commas. Whatever comes
// out of a link or the browser's storage is checked: anybody can have written it.
import { ROOT } from "./dom.js";
import { _ } from "./phrases.js";
import { MOST } from "./queue.js";
import { isTrack, previewsOf, trackOf } from "./tracks.js";

const STORE = `stempress:playlists:${document.documentElement.dataset.collection ?? ""}`;
const VERSION = "1";
const MOST_KEPT = 100;
const MOST_LETTERS = 80;

/** All that are kept: {name, tracks}, by name. */
export function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(STORE));
    return Array.isArray(found) ? found.map(checked).filter(Boolean) : [];
  } catch {
    return []; // nothing is kept, or it is not ours
  }
}

/** Keep one, instead of any of the same name; an Error where the browser keeps nothing. */
export function keep({ name, tracks }) {
  const others = kept().filter((each) => each.name !== name);
  store([...others, { name, tracks }].slice(-MOST_KEPT).sort((a, b) => a.name.localeCompare(b.name)));
}

export function drop(name) {
  store(kept().filter((each) => each.name !== name));
}

export function linkTo({ name, tracks }) {
  const link = new URL(ROOT);
  link.hash = new URLSearchParams({ queue: VERSION, name, tracks: tracks.join(",") });
  return link.href;
}

/** Read what follows an address's #; null where that is no playlist. */
export function fromHash(hash) {
  const given = new URLSearchParams(hash.slice(1));
  if (given.get("queue") !== VERSION) return null;
  return checked({ name: given.get("name"), tracks: given.get("tracks")?.split(",") });
}

/** The previews of tracks as M3U, with full addresses; "" where there are none. */
export async function m3u({ name, tracks }) {
  const previews = await previewsOf(tracks);
  const lines = await Promise.all(
    tracks.map(async (address, at) => {
      if (!previews[at]) return [];
      const { song, title, detail } = await trackOf(address);
      return [`#EXTINF:-1,${oneLine(`${song.artist} - ${title} (${detail})`)}`, new URL(previews[at], ROOT).href];
    }),
  );
  const found = lines.flat();
  return found.length ? ["#EXTM3U", `#PLAYLIST:${oneLine(name)}`, ...found, ""].join("\n") : "";
}

function checked(given) {
  const isWhole = typeof given?.name === "string" && Array.isArray(given.tracks);
  const tracks = isWhole ? given.tracks.filter(isTrack).slice(0, MOST) : [];
  const name = isWhole ? oneLine(given.name).slice(0, MOST_LETTERS) : "";
  return tracks.length && name ? { name, tracks } : null;
}

function oneLine(words) {
  return words.replace(/\s+/gu, " ").trim();
}

function store(playlists) {
  try {
    localStorage.setItem(STORE, JSON.stringify(playlists));
  } catch {
    throw new Error(_("This browser doesn't let this page save anything."));
  }
}
