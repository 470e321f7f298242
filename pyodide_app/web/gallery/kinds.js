// The kinds of tokens in the gallery: an unrevealed token of a tier, a stem, a mix of a song, an album.
import { LEFT_OUT, parseMixNumber } from "../base/mix-numbers.js";
import { leftOutName, unrevealedTitle } from "../language/names.js";

/** @typedef {{ key: string, name: string, layer: { slug: string, name: string } }} KindStem key: "song/layer/stem" */
/**
 * @typedef {object} Kind
 * @property {Data.Tier} tier
 * @property {string} name
 * @property {(id: string) => string} [title] of a token; default: name and number
 * @property {string} cover
 * @property {string} [track] address for the player bar, as in bar/tracks.js
 * @property {{ slug: string, title: string }} [album]
 * @property {{ slug: string, title: string }} [song]
 * @property {number} bits rarity; negative: unknown
 * @property {KindStem[]} stems
 * @property {KindStem[]} [without] layers that are left out
 */

/** @type {readonly Data.Tier[]} */
export const TIERS = ["stem", "song", "album"];
/** @type {readonly Data.State[]} */
export const STATES = ["revealed", "unrevealed", "forged", "burned"];
/** Rarity in bits, where there is none. */
export const UNKNOWN = -1;

/**
 * All kinds of tokens, in the order in which the build numbers them.
 * @param {Data.Gallery} data
 * @returns {Kind[]}
 */
export function kindsOf({ songs, albums }) {
  const albumBySlug = new Map(albums.map((album) => [album.slug, album]));
  const stems = songs.flatMap((song) => song.layers.flatMap((layer) => stemsOf(albumBySlug.get(song.album), song, layer)));
  const stemByKey = new Map(stems.map((kind) => [kind.stems[0].key, kind]));
  return [
    ...TIERS.map((tier) => ({ tier, name: unrevealedTitle(tier, ""), title: (/** @type {string} */ id) => unrevealedTitle(tier, id), cover: `art/unrevealed/${tier}.svg`, bits: UNKNOWN, stems: [] })),
    ...stems,
    ...songs.flatMap((song) => mixesOf(albumBySlug.get(song.album), song, stemByKey)),
    ...albums.map((album) => ({ tier: /** @type {const} */ ("album"), name: album.title, cover: album.cover, album, bits: UNKNOWN, stems: [] })),
  ];
}

/**
 * @param {Kind["album"]} album @param {Data.GallerySong} song @param {Data.GallerySong["layers"][0]} layer
 * @returns {Kind[]}
 */
function stemsOf(album, song, layer) {
  const total = layer.stems.reduce((sum, [, , share]) => sum + share, 0);
  return layer.stems.map(([slug, name, share]) => {
    const key = `${song.slug}/${layer.slug}/${slug}`;
    return { tier: "stem", name: `${song.title}: ${layer.name}, ${name}`, track: `stems/${key}`, cover: `art/stems/${key}.svg`, album, song, bits: 0 - Math.log2(share / total), stems: [{ key, name, layer }] };
  });
}

/**
 * @param {Kind["album"]} album @param {Data.GallerySong} song @param {Map<string, Kind>} stemByKey
 * @returns {Kind[]}
 */
function mixesOf(album, song, stemByKey) {
  return song.mixes.split(" ").filter(Boolean).map((mix) => {
    const choice = parseMixNumber(mix);
    const bits = song.layers.reduce((sum, layer, row) => {
      const total = layer.stems.reduce((all, [, , share]) => all + share, layer.empty ?? 0);
      return sum - Math.log2((layer.stems[choice[row]]?.[2] ?? layer.empty) / total);
    }, 0);
    const stems = song.layers.flatMap((layer, row) => stemByKey.get(`${song.slug}/${layer.slug}/${layer.stems[choice[row]]?.[0]}`)?.stems ?? []);
    const without = song.layers.filter((layer, row) => choice[row] === LEFT_OUT).map((layer) => leftOut(song, layer));
    return { tier: "song", name: `${song.title} ${mix}`, track: `songs/${song.slug}/${mix}`, cover: `art/mixes/${song.slug}/${mix}.svg`, album, song, bits, stems, without };
  });
}

/**
 * A layer that is left out, as a stem; no stem of such a layer has that slug.
 * @param {Data.GallerySong} song @param {Data.GallerySong["layers"][0]} layer
 */
export function leftOut(song, layer) {
  return { key: `${song.slug}/${layer.slug}/none`, name: leftOutName(), layer };
}
