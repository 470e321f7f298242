// How much of a track the visitor hears.
import { access, owned } from "../tokens/ownership.js";
import { loadCollection } from "./tracks.js";

/** @import { Track } from "./tracks.js" */

/**
 * The access to each stem of a track, for its player: layers that it doesn't have are silent.
 * @param {Track} track @param {Data.Access} locked to stems that the visitor doesn't hold
 * @returns {(layer: string, stem: string) => Data.Access}
 */
export function stemAccess({ song, sounds }, locked) {
  return (layer, stem) => (sounds(layer) ? access(owned(), `${song.slug}/${layer}/${stem}`, locked) : "silent");
}

/**
 * The most restricted access among a track's stems.
 * @param {Track | null} track
 * @returns {Promise<Data.Access>}
 */
export async function trackAccess(track) {
  if (!track) return "open";
  const { song, rows, sounds } = track;
  const { mixer } = await loadCollection();
  const accessTo = stemAccess(track, mixer.locked);
  const accesses = song.layers.map(({ slug }, row) => (sounds(slug) ? accessTo(slug, rows[row].stem) : "open"));
  return accesses.find((each) => each !== "open") ?? "open";
}
