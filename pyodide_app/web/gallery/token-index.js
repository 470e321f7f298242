// data/gallery.json, unpacked: what every token is, and the facets that tokens are chosen by.
//
// A token is a place, 0 to count - 1, in the order of numbers. What it is, its kind, many tokens share:
// an unrevealed token of a tier, a stem, a mix of a song, an album. A facet lists its values, and the
// values that a token has, by place or by kind.
import { load } from "../base/dom.js";
import { stateName, tierName, unrevealedTitle } from "../language/names.js";
import { _, number } from "../language/phrases.js";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
export const TIERS = ["stem", "song", "album"];
export const STATES = ["revealed", "unrevealed", "forged"];
/** Up to how many of a hundred known tokens of its tier are as rare as a token, or rarer. */
const BANDS = [1, 5, 10, 25, 50, 100];
const UNKNOWN = -1;
const ALIKE = 1e-8; // bits that differ by no more are equal: they are sums of rounded figures

export async function loadIndex() {
  return unpack(await load("data/gallery.json"));
}

export function unpack(data) {
  const ids = data.ids.flatMap(numbersOf);
  const count = ids.length;
  const kinds = kindsOf(data);
  const kindOf = columnOf(data.kinds);
  const stateOf = Uint8Array.from(data.states, (letter) => STATES.findIndex((state) => state[0] === letter));
  const owners = ownersOf(data.owners, count);
  const bits = bitsOf(kinds, kindOf, data.burned);
  const bands = bandsOf(kinds, kindOf, bits);
  const { burned } = data;
  const index = { count, ids, kinds, kindOf, stateOf, owners, burned, bits, bands };
  return { ...index, facets: facetsOf(index, data) };
}

/** "12" or "3-40" -> numbers as text: they may be longer than JavaScript counts. */
function numbersOf(range) {
  const [first, last = first] = range.split("-").map(BigInt);
  return Array.from({ length: Number(last - first) + 1 }, (_, at) => String(first + BigInt(at)));
}

function columnOf({ width, digits }) {
  const found = new Uint32Array(digits.length / width);
  for (let at = 0; at < digits.length; at++) {
    const place = Math.floor(at / width);
    found[place] = found[place] * DIGITS.length + DIGITS.indexOf(digits[at]);
  }
  return found;
}

/** Everything that a token can be, numbered as the build does. */
function kindsOf({ songs, albums }) {
  const album = Object.fromEntries(albums.map((each) => [each.slug, each]));
  const stems = songs.flatMap((song) => song.layers.flatMap((layer) => stemsOf(album[song.album], song, layer)));
  const byKey = new Map(stems.map((each) => [each.stems[0].key, each]));
  return [
    ...TIERS.map((tier) => ({ tier, name: unrevealedTitle(tier, ""), title: (id) => unrevealedTitle(tier, id), cover: `art/unrevealed/${tier}.svg`, bits: UNKNOWN, stems: [] })),
    ...stems,
    ...songs.flatMap((song) => mixesOf(album[song.album], song, byKey)),
    ...albums.map((each) => ({ tier: "album", name: each.title, cover: each.cover, album: each, bits: UNKNOWN, stems: [] })),
  ];
}

function stemsOf(album, song, layer) {
  const total = layer.stems.reduce((sum, [, , share]) => sum + share, 0);
  return layer.stems.map(([slug, name, share]) => {
    const key = `${song.slug}/${layer.slug}/${slug}`;
    return { tier: "stem", name, track: `stems/${key}`, cover: `art/stems/${key}.svg`, album, song, bits: -Math.log2(share / total), stems: [{ key, name, layer }] };
  });
}

function mixesOf(album, song, byKey) {
  return song.mixes.split(" ").filter(Boolean).map((mix) => {
    const chosen = mix.split("-").map((nth, at) => {
      const layer = song.layers[at];
      return byKey.get(`${song.slug}/${layer.slug}/${layer.stems[nth - 1][0]}`);
    });
    const bits = chosen.reduce((sum, stem) => sum + stem.bits, 0);
    const stems = chosen.flatMap((each) => each.stems);
    return { tier: "song", name: `${song.title} ${mix}`, track: `songs/${song.slug}/${mix}`, cover: `art/mixes/${song.slug}/${mix}.svg`, album, song, bits, stems };
  });
}

/** Holders by number, and the numbers of a token's holders. */
function ownersOf(data, count) {
  if (!data) return { addresses: [], of: () => [] };
  const width = data.head + data.tail;
  const hex = Array.from(atob(data.ends), (byte) => byte.charCodeAt(0).toString(16).padStart(2, "0")).join("");
  const addresses = Array.from({ length: hex.length / 2 / width }, (nothing, at) => {
    const ends = hex.slice(at * width * 2, (at + 1) * width * 2);
    return { head: ends.slice(0, data.head * 2), tail: ends.slice(data.head * 2) };
  });
  const first = columnOf(data.of);
  const lists = Array.from({ length: count }, (_, at) => (first[at] ? [first[at] - 1, ...(data.more[at] ?? [])] : []));
  return { addresses, of: (at) => lists[at] };
}

/** A token's rarity: how unlikely its stems are, in bits. An album token has those of its songs. */
function bitsOf(kinds, kindOf, burned) {
  const bits = Float64Array.from(kindOf, (kind) => kinds[kind].bits);
  for (const [album, songs] of Object.entries(burned)) bits[album] = songs.reduce((sum, song) => sum + bits[song], 0);
  return bits;
}

/** Which of the bands every token is in; unrevealed ones in none, nor those of a tier where all are as rare. */
function bandsOf(kinds, kindOf, bits) {
  const bands = new Int8Array(bits.length).fill(UNKNOWN);
  for (const tier of TIERS) {
    const known = [...bits.keys()].filter((at) => bits[at] !== UNKNOWN && kinds[kindOf[at]].tier === tier);
    known.sort((one, other) => bits[other] - bits[one]);
    if (known.length === 0 || bits[known[0]] - bits[known.at(-1)] <= ALIKE) continue;
    let first = known.length; // from behind: those that are as rare share a band
    for (let at = known.length - 1; at >= 0; at--) {
      if (at === known.length - 1 || bits[known[at]] - bits[known[at + 1]] > ALIKE) first = at + 1;
      bands[known[at]] = BANDS.findIndex((percent) => first * 100 <= known.length * percent);
    }
  }
  return bands;
}

function facetsOf(index, { albums, songs }) {
  const { kinds, kindOf, stateOf, bands, owners } = index;
  const stems = kinds.filter(({ tier, stems }) => tier === "stem" && stems.length);
  const layers = new Map(songs.flatMap(({ layers }) => layers.map(({ slug, name }) => [slug, name])).reverse());
  const byKind = (name, values, has) => {
    const places = new Map(values.map(({ slug }, at) => [slug, at]));
    const lists = kinds.map((kind) => [...new Set(has(kind))].map((slug) => places.get(slug)));
    return { name, values, of: (at) => lists[kindOf[at]] };
  };
  const single = (count) => Array.from({ length: count }, (_, at) => [at]);
  const inState = single(STATES.length);
  const inBand = single(BANDS.length);
  const none = [];
  return [
    byKind("tier", TIERS.map((tier) => ({ slug: tier, label: capital(tierName(tier)) })), ({ tier }) => [tier]),
    { name: "state", values: STATES.map((state) => ({ slug: state, label: capital(stateName(state)) })), of: (at) => inState[stateOf[at]] },
    byKind("album", albums.map(({ slug, title }) => ({ slug, label: title })), ({ album }) => (album ? [album.slug] : none)),
    byKind("song", songs.map(({ slug, title }) => ({ slug, label: title })), ({ song }) => (song ? [song.slug] : none)),
    byKind("layer", [...layers].reverse().map(([slug, label]) => ({ slug, label })), (kind) => kind.stems.map(({ layer }) => layer.slug)),
    byKind("stem", stems.map(stemValue), (kind) => kind.stems.map(({ key }) => key)),
    { name: "rarity", values: BANDS.map(bandValue), of: (at) => inBand[bands[at]] ?? none },
    { name: "owner", values: owners.addresses.map(ownerValue), of: owners.of },
  ];
}

function stemValue({ name, song, stems: [{ key, layer }] }) {
  return { slug: key, label: name, more: `${layer.name}, ${song.title}` };
}

function bandValue(percent) {
  const share = number(percent / 100, { style: "percent" });
  return { slug: `top-${percent}`, label: percent === 100 ? _("More common half") : _("Rarest %(share)s", { share }) };
}

function ownerValue({ head, tail }) {
  return { slug: `0x${head}..${tail}`, label: `0x${head.slice(0, 4)}…${tail.slice(-4)}`, head, tail };
}

/** Whether what somebody typed can be this holder's address: its beginning, its short form, or all of it. */
export function isAddressOf({ head, tail }, typed) {
  const [, begun, end = ""] = /^0x([0-9a-f]*)(?:(?:…|\.{2,3})([0-9a-f]*))?$/i.exec(typed.trim()) ?? [];
  if (begun === undefined) return false;
  const start = begun.toLowerCase();
  const last = (start.length === 40 ? start.slice(-tail.length) : end).toLowerCase();
  const fits = start.length > head.length ? start.startsWith(head) : head.startsWith(start);
  return fits && tail.endsWith(last.slice(-tail.length));
}

export function titleOf({ ids, kinds, kindOf }, at) {
  const { name, title } = kinds[kindOf[at]];
  return title ? title(ids[at]) : `${name} #${ids[at]}`;
}

/** What the player bar plays of a token, as bar/tracks.js names it; of an album token the mixes burned for it. */
export function tracksOf({ kinds, kindOf, burned }, at) {
  const { track } = kinds[kindOf[at]];
  if (track) return [track];
  const songs = (burned[at] ?? []).map((place) => kindOf[place]).sort((one, other) => one - other);
  return songs.map((kind) => kinds[kind].track).filter(Boolean);
}

export function tierOf({ kinds, kindOf }, at) {
  return tierName(kinds[kindOf[at]].tier);
}

export function stateWords({ stateOf }, at) {
  return stateName(STATES[stateOf[at]]);
}

function capital(word) {
  return word[0].toUpperCase() + word.slice(1);
}
