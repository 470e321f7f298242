// Tracks by their addresses (see track-address.js), and addresses that expand to several tracks:
//
//   songs/undertow              its mixes that exist as tokens, rarest first
//   songs/undertow/all          its mixes that have a page
//   albums/tides                a mix of each of its songs: the rarest that exists, or else the first
import { siteAddress, loadJson } from "../base/dom.js";
import { choicesIn, parseMixNumber } from "../base/mix-numbers.js";
import { isTrack } from "../saved/track-address.js";
import { SEGMENT } from "../tokens/ownership.js";
import { _ } from "../language/phrases.js";

/**
 * A track, ready for the player.
 * @typedef {object} Track
 * @property {Data.Song} song
 * @property {Row[]} rows one for each layer
 * @property {string} address
 * @property {string} title
 * @property {string} detail
 * @property {string} page
 * @property {string} cover
 * @property {(layer: string) => boolean} sounds whether a layer is heard
 */
/** @import { Row } from "../playback/messages.js" */

const SET = new RegExp(`^(songs/${SEGMENT}(/all)?|albums/${SEGMENT})$`, "u");
/** @type {Map<string, Promise<any>>} */
const files = new Map(); // JSON by address

/**
 * Load the collection's data.
 * @returns {Promise<Data.Collection>}
 */
export function loadCollection() {
  return loadOnce("data/collection.json");
}

/**
 * Expand addresses to tracks, in order.
 * @param {readonly string[]} addresses
 */
export async function expandTracks(addresses) {
  const tracks = await Promise.all(addresses.map((address) => (isTrack(address) ? [address] : expandSet(address))));
  return tracks.flat();
}

/**
 * Load a track's data.
 * @param {string} address
 * @returns {Promise<Track>}
 */
export async function loadTrack(address) {
  const [kind, slug, ...rest] = address.split("/");
  const song = await loadSong(slug);
  return kind === "songs" ? mixTrack(song, address, rest[0]) : stemTrack(song, address, rest[0], rest[1]);
}

/**
 * Addresses of the tracks' previews, relative to the site's root; undefined where there is none.
 * @param {readonly string[]} addresses
 * @returns {Promise<(string | undefined)[]>}
 */
export async function loadPreviews(addresses) {
  return Promise.all(addresses.map(async (address) => {
    const [, slug, mix] = address.split("/");
    /** @type {Data.Previews} */
    const previews = await loadOnce(`data/previews/${slug}.json`);
    return previews[mix];
  }));
}

/** @param {string} address */
async function expandSet(address) {
  if (!SET.test(address)) return [];
  const [kind, slug, all] = address.split("/");
  if (all) return (await loadSong(slug)).pages.map((mix) => `songs/${slug}/${mix}`);
  if (kind === "songs") return loadMixes(slug);
  const album = (await loadCollection()).albums.find((other) => other.slug === slug);
  const songs = await Promise.all((album?.songs ?? []).map(loadMixes));
  return songs.map(([mix]) => mix);
}

/**
 * The mixes of a song that exist as tokens, rarest first; if there are none, the one on its page.
 * @param {string} slug
 */
async function loadMixes(slug) {
  /** @type {Promise<Data.Rarity>} */
  const rarity = loadOnce("data/rarity.json");
  const [{ variations }, { pages, layers }] = await Promise.all([rarity, loadSong(slug)]);
  const exist = (variations[slug] ?? []).filter(([, , , tokens]) => tokens);
  const mixes = exist.sort(([, one], [, other]) => other - one).map(([mix]) => mix);
  const first = pages[0] ?? layers.map(() => 1).join("-");
  return (mixes.length ? mixes : [first]).map((mix) => `songs/${slug}/${mix}`);
}

/**
 * @param {Data.Song} song @param {string} address @param {string} mix
 * @returns {Track}
 */
function mixTrack(song, address, mix) {
  const choice = parseMixNumber(mix);
  const stems = song.layers.map((layer, nth) => layer.stems[choice[nth]]); // none where the layer is left out
  if (choice.length !== stems.length || song.layers.some((layer, nth) => !choicesIn(layer).includes(choice[nth]))) throw new Error(_("%(song)s has no mix %(mix)s", { song: song.title, mix }));
  const hasPage = song.pages.includes(mix);
  return {
    song, address, detail: mix,
    rows: stems.map(defaultRow),
    title: song.title,
    page: siteAddress(hasPage ? `${address}/` : `${song.address}#v=1&song=${song.slug}&mix=${mix}`),
    cover: siteAddress(hasPage ? `art/mixes/${song.slug}/${mix}.svg` : song.cover),
    sounds: () => true,
  };
}

/**
 * @param {Data.Song} song @param {string} address @param {string} layerSlug @param {string} stemSlug
 * @returns {Track}
 */
function stemTrack(song, address, layerSlug, stemSlug) {
  const layer = song.layers.find(({ slug }) => slug === layerSlug);
  const stem = layer?.stems.find(({ slug }) => slug === stemSlug);
  if (!layer || !stem) throw new Error(_("%(song)s has no stem %(stem)s", { song: song.title, stem: stemSlug }));
  return {
    song, address,
    rows: song.layers.map((other) => defaultRow(other === layer ? stem : other.stems[0])),
    title: stem.name,
    detail: `${layer.name}, ${song.title}`,
    page: siteAddress(stem.address),
    cover: siteAddress(`art/${address}.svg`),
    sounds: (slug) => slug === layerSlug,
  };
}

/**
 * @param {Data.Stem | undefined} stem
 * @returns {Row}
 */
function defaultRow(stem) {
  return { stem: stem?.slug ?? "", volume: 0, pan: 0, mute: false, solo: false };
}

/**
 * @param {string} slug
 * @returns {Promise<Data.Song>}
 */
function loadSong(slug) {
  return loadOnce(`data/songs/${slug}.json`);
}

/**
 * Load a file of the site's data, once.
 * @param {string} address
 * @returns {Promise<any>} JSON
 */
function loadOnce(address) {
  let content = files.get(address);
  if (!content) {
    content = loadJson(address);
    content.catch(() => files.delete(address));
    files.set(address, content);
  }
  return content;
}
