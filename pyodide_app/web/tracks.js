// What can be played, named as the site names its pages:
//
//   songs/undertow/3-1-4        a mix
//   stems/undertow/bass/sub     a stem alone
//
// and what stands for several of them:
//
//   songs/undertow              its mixes that exist as tokens, rarest first
//   songs/undertow/all          its mixes that have a page
//   albums/tides                a mix of each of its songs: the rarest that exists, or else the first
import { inSite, load } from "./dom.js";
import { SEGMENT } from "./ownership.js";
import { _ } from "./phrases.js";

const MIX = new RegExp(`^songs/${SEGMENT}/[1-9]\\d{0,3}(-[1-9]\\d{0,3})*$`, "u");
const STEM = new RegExp(`^stems/${SEGMENT}/${SEGMENT}/${SEGMENT}$`, "u");
const SET = new RegExp(`^(songs/${SEGMENT}(/all)?|albums/${SEGMENT})$`, "u");
const files = new Map(); // address -> a promise of its JSON

export function isTrack(address) {
  return typeof address === "string" && (MIX.test(address) || STEM.test(address));
}

/** The collection's facts; they say what may be heard of stems that are not the visitor's. */
export function collection() {
  return file("data/collection.json");
}

/** All tracks that addresses stand for, in order. */
export async function expand(addresses) {
  const found = await Promise.all(addresses.map((each) => (isTrack(each) ? [each] : expandSet(each))));
  return found.flat();
}

/**
 * What is known of a track: its song's facts, title, detail, page, cover, the rows of a player, and
 * `sounds(layer)`, which says whether a layer is part of it.
 */
export async function trackOf(address) {
  const [kind, slug, ...rest] = address.split("/");
  const song = await file(`data/songs/${slug}.json`);
  return kind === "songs" ? mixOf(song, address, rest[0]) : stemOf(song, address, ...rest);
}

/** Addresses, from the site's root, of the previews that there are of tracks. */
export async function previewsOf(addresses) {
  const slugs = new Set(addresses.map((each) => each.split("/")[1]));
  const found = await Promise.all([...slugs].map(async (slug) => [slug, await file(`data/previews/${slug}.json`)]));
  const previews = new Map(found);
  return addresses.map((each) => previews.get(each.split("/")[1])[each.split("/")[2]]);
}

async function expandSet(address) {
  if (!SET.test(address)) return [];
  const [kind, slug, all] = address.split("/");
  if (all) return (await file(`data/songs/${slug}.json`)).pages.map((mix) => `songs/${slug}/${mix}`);
  if (kind === "songs") return mixesOf(slug);
  const album = (await collection()).albums.find((each) => each.slug === slug);
  const songs = await Promise.all((album?.songs ?? []).map(mixesOf));
  return songs.map(([mix]) => mix);
}

/** The mixes of a song that exist, rarest first; where there are none, the one its page begins with. */
async function mixesOf(slug) {
  const [{ variations }, { pages, layers }] = await Promise.all([file("data/rarity.json"), file(`data/songs/${slug}.json`)]);
  const exist = (variations[slug] ?? []).filter(([, , , tokens]) => tokens);
  const mixes = exist.sort(([, one], [, other]) => other - one).map(([mix]) => mix);
  const first = pages[0] ?? layers.map(() => 1).join("-");
  return (mixes.length ? mixes : [first]).map((mix) => `songs/${slug}/${mix}`);
}

function mixOf(song, address, mix) {
  const choice = mix.split("-").map((nth) => nth - 1);
  const rows = song.layers.map(({ stems }, at) => row(stems[choice[at]]));
  if (choice.length !== rows.length || rows.some(({ stem }) => !stem)) throw new Error(_("%(song)s has no mix %(mix)s", { song: song.title, mix }));
  const hasPage = song.pages.includes(mix);
  return {
    song, rows, address, detail: mix,
    title: song.title,
    page: inSite(hasPage ? `${address}/` : `${song.address}#v=1&song=${song.slug}&mix=${mix}`),
    cover: inSite(hasPage ? `art/mixes/${song.slug}/${mix}.svg` : song.cover),
    sounds: () => true,
  };
}

function stemOf(song, address, layerSlug, stemSlug) {
  const layer = song.layers.find(({ slug }) => slug === layerSlug);
  const stem = layer?.stems.find(({ slug }) => slug === stemSlug);
  if (!stem) throw new Error(_("%(song)s has no stem %(stem)s", { song: song.title, stem: stemSlug }));
  return {
    song, address,
    rows: song.layers.map((each) => row(each === layer ? stem : each.stems[0])),
    title: stem.name,
    detail: `${layer.name}, ${song.title}`,
    page: inSite(stem.address),
    cover: inSite(`art/${address}.svg`),
    sounds: (slug) => slug === layerSlug,
  };
}

function row(stem) {
  return { stem: stem?.slug, volume: 0, pan: 0, mute: false, solo: false };
}

/** A file of the site's data, fetched once. */
function file(address) {
  if (!files.has(address)) {
    const asked = load(address);
    asked.catch(() => files.delete(address));
    files.set(address, asked);
  }
  return files.get(address);
}
