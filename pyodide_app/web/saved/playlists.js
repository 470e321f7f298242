// Playlists saved by name in this browser.
import { StoredList } from "./stored-list.js";
import { isTrack, MAX_TRACKS } from "./track-address.js";

const MOST_LETTERS = 80;

/** @typedef {{ name: string, tracks: string[] }} Playlist */

/** @type {StoredList<Playlist>} */
export const PLAYLISTS = new StoredList("playlists", validPlaylist);

/** The saved playlists, sorted by name. */
export function savedPlaylists() {
  return PLAYLISTS.read().sort((a, b) => a.name.localeCompare(b.name));
}

/**
 * Save a playlist, replacing one of the same name; throws if the browser refuses.
 * @param {Playlist} playlist
 */
export function savePlaylist({ name, tracks }) {
  PLAYLISTS.save([...PLAYLISTS.read().filter((playlist) => playlist.name !== name), { name, tracks }]);
}

/** @param {string} name */
export function deletePlaylist(name) {
  PLAYLISTS.save(PLAYLISTS.read().filter((playlist) => playlist.name !== name));
}

/**
 * @param {any} given untrusted
 * @returns {Playlist | null}
 */
export function validPlaylist(given) {
  const isWhole = typeof given?.name === "string" && Array.isArray(given.tracks);
  const tracks = isWhole ? given.tracks.filter(isTrack).slice(0, MAX_TRACKS) : [];
  const name = isWhole ? oneLine(given.name).slice(0, MOST_LETTERS) : "";
  return tracks.length && name ? { name, tracks } : null;
}

/** @param {string} words */
export function oneLine(words) {
  return words.replace(/\s+/gu, " ").trim();
}
