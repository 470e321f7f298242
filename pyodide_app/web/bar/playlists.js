// Playlists: saved by name in this browser, shared as links, exported as M3U.
//
// A link has the whole playlist in its hash: queue=1, name, and tracks separated by commas. Links and storage
// are untrusted and validated.
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
 * The saved playlists, sorted by name.
 * @returns {Playlist[]}
 */
export function savedPlaylists() {
  try {
    /** @type {unknown} */
    const stored = JSON.parse(localStorage.getItem(STORE) ?? "[]");
    return Array.isArray(stored) ? stored.map(validPlaylist).filter((playlist) => playlist !== null) : [];
  } catch {
    return []; // storage is blocked, or holds something else
  }
}

/**
 * Save a playlist, replacing one of the same name; throws if the browser refuses.
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
 * Parse a playlist from a URL's hash; null if there is none.
 * @param {string} hash
 */
export function parsePlaylist(hash) {
  const given = new URLSearchParams(hash.slice(1));
  if (given.get("queue") !== VERSION) return null;
  return validPlaylist({ name: given.get("name"), tracks: given.get("tracks")?.split(",") });
}

/**
 * A playlist's previews as M3U, with absolute URLs; "" if there are none.
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
 * @param {any} given untrusted
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
