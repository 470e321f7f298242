// Playlists shared as links, exported as M3U.
//
// A link has the whole playlist in its hash: queue=1, name, and tracks separated by commas. Links are untrusted and
// validated.
/** @import { Playlist } from "../saved/playlists.js" */
import { ROOT } from "../base/root.js";
import { oneLine, validPlaylist } from "../saved/playlists.js";
import { loadPreviews, loadTrack } from "./tracks.js";

const VERSION = "1";

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
