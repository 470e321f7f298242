// Playlists that a visitor keeps by name in this browser, shares as a link, or takes along as M3U.
//
// A link holds the whole of one after its #: queue=1, name, and tracks joined by commas. Whatever comes
// out of a link or the browser's storage is checked: anybody can have written it.
import { ROOT } from "../base/root.js";
import { _ } from "../language/phrases.js";
import { MAX_TRACKS } from "./queue.js";
import { isTrack, loadPreviews, loadTrack } from "./tracks.js";

const STORE = `stempress:playlists:${document.documentElement.dataset.collection ?? ""}`;
const VERSION = "1";
const MOST_SAVED = 100;
const MOST_LETTERS = 80;

/** @typedef {{ name: string, tracks: string[] }} Playlist */

/**
 * All that are saved, by name.
 * @returns {Playlist[]}
 */
export function savedPlaylists() {
  try {
    /** @type {unknown} */
    const stored = JSON.parse(localStorage.getItem(STORE) ?? "[]");
    return Array.isArray(stored) ? stored.map(validPlaylist).filter((playlist) => playlist !== null) : [];
  } catch {
    return []; // nothing is kept, or it is not ours
  }
}

/**
 * Keep one, instead of any of the same name; an Error where the browser keeps nothing. 
 * @param {Playlist} playlist
 */
export function savePlaylist({ name, tracks }) {
  const others = savedPlaylists().filter((playlist) => playlist.name !== name);
  store([...others, { name, tracks }].slice(-MOST_SAVED).sort((a, b) => a.name.localeCompare(b.name)));
}

/** @param {string} name */
export function deletePlaylist(name) {
  store(savedPlaylists().filter((playlist) => playlist.name !== name));
}

/** @param {Playlist} playlist */
export function playlistLink({ name, tracks }) {
  const link = new URL(ROOT);
  link.hash = String(new URLSearchParams({ queue: VERSION, name, tracks: tracks.join(",") }));
  return link.href;
}

/**
 * Read what follows an address's #; null where that is no playlist.
 * @param {string} hash
 */
export function parsePlaylist(hash) {
  const given = new URLSearchParams(hash.slice(1));
  if (given.get("queue") !== VERSION) return null;
  return validPlaylist({ name: given.get("name"), tracks: given.get("tracks")?.split(",") });
}

/**
 * The previews of tracks as M3U, with full addresses; "" where there are none.
 * @param {Playlist} playlist
 */
export async function toM3u({ name, tracks }) {
  const previews = await loadPreviews(tracks);
  const lines = await Promise.all(
    tracks.map(async (address, nth) => {
      const preview = previews[nth];
      if (!preview) return [];
      const { song, title, detail } = await loadTrack(address);
      return [`#EXTINF:-1,${oneLine(`${song.artist} - ${title} (${detail})`)}`, new URL(preview, ROOT).href];
    }),
  );
  const entries = lines.flat();
  return entries.length ? ["#EXTM3U", `#PLAYLIST:${oneLine(name)}`, ...entries, ""].join("\n") : "";
}

/**
 * @param {any} given whatever a link or the browser's storage holds
 * @returns {Playlist | null}
 */
function validPlaylist(given) {
  const isWhole = typeof given?.name === "string" && Array.isArray(given.tracks);
  const tracks = isWhole ? given.tracks.filter(isTrack).slice(0, MAX_TRACKS) : [];
  const name = isWhole ? oneLine(given.name).slice(0, MOST_LETTERS) : "";
  return tracks.length && name ? { name, tracks } : null;
}

/** @param {string} words */
function oneLine(words) {
  return words.replace(/\s+/gu, " ").trim();
}

/** @param {Playlist[]} playlists */
function store(playlists) {
  try {
    localStorage.setItem(STORE, JSON.stringify(playlists));
  } catch {
    throw new Error(_("This browser doesn't let this page save anything."));
  }
}
