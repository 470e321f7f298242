// Unpacks data/gallery.json: all tokens, and the facets to filter them by.
//
// A token is an index from 0 to count - 1, in the order of ids. Tokens share kinds: an unrevealed token of a tier,
// a stem, a mix of a song, an album. A facet has values, and knows which of them a token has.
import { loadJson } from "../base/dom.js";
import { LEFT_OUT, parseMixNumber } from "../base/mix-numbers.js";
import { leftOutName, stateName, tierName, unrevealedTitle } from "../language/names.js";
import { _, formatNumber } from "../language/phrases.js";
import { numberOf } from "../tokens/token-ids.js";

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
/** @typedef {{ slug: string, label: string, more?: string, head?: string, tail?: string }} FacetValue */
/** @typedef {{ name: string, values: FacetValue[], of: (token: number) => readonly number[] }} Facet */
/** @typedef {{ head: string, tail: string }} Holder start and end of an address, in hexadecimal */
/** @typedef {{ addresses: Holder[], of: (token: number) => readonly number[] }} Owners */
/**
 * @typedef {object} Index
 * @property {number} count
 * @property {string[]} ids
 * @property {Kind[]} kinds
 * @property {Uint32Array} kindOf
 * @property {Uint8Array} stateOf index in STATES
 * @property {Owners} owners
 * @property {Record<string, number[]>} burned tokens burned for an album token
 * @property {Float64Array} bits
 * @property {Int8Array} bands index in BANDS
 * @property {Facet[]} facets
 */

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** @type {readonly Data.Tier[]} */
export const TIERS = ["stem", "song", "album"];
/** @type {readonly Data.State[]} */
export const STATES = ["revealed", "unrevealed", "forged", "burned"];
/** Percentiles of rarity among the revealed tokens of a tier. */
const BANDS = [1, 5, 10, 25, 50, 100];
const UNKNOWN = -1;
const ALIKE = 1e-8; // tolerance for equal rarities, which are sums of rounded numbers

export async function loadIndex() {
  return unpack(await loadJson("data/gallery.json"));
}

/**
 * @param {Data.Gallery} data
 * @returns {Index}
 */
export function unpack(data) {
  const ids = data.ids.flatMap(expandRange);
  const count = ids.length;
  const kinds = kindsOf(data);
  const kindOf = unpackColumn(data.kinds);
  const stateOf = Uint8Array.from(data.states, (letter) => STATES.findIndex((state) => state[0] === letter));
  const owners = ownersOf(data.owners, count);
  const bits = bitsOf(kinds, kindOf, data.burned);
  const bands = bandsOf(kinds, kindOf, bits);
  const { burned } = data;
  const index = { count, ids, kinds, kindOf, stateOf, owners, burned, bits, bands };
  return { ...index, facets: facetsOf(index, data) };
}

/**
 * "12", "3-40" or "song/3-40" to ids; as strings, since they may exceed JavaScript's safe integers.
 * @param {string} range
 */
function expandRange(range) {
  const numbers = numberOf(range);
  const folder = range.slice(0, -numbers.length);
  const [first, last = first] = numbers.split("-").map(BigInt);
  return Array.from({ length: Number(last - first) + 1 }, (nothing, nth) => `${folder}${first + BigInt(nth)}`);
}

/** @param {Data.Column} column */
function unpackColumn({ width, digits }) {
  const numbers = new Uint32Array(digits.length / width);
  for (let nth = 0; nth < digits.length; nth++) {
    const row = Math.floor(nth / width);
    numbers[row] = numbers[row] * DIGITS.length + DIGITS.indexOf(digits[nth]);
  }
  return numbers;
}

/**
 * All kinds of tokens, in the order in which the build numbers them.
 * @param {Data.Gallery} data
 * @returns {Kind[]}
 */
function kindsOf({ songs, albums }) {
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
function leftOut(song, layer) {
  return { key: `${song.slug}/${layer.slug}/none`, name: leftOutName(), layer };
}

/**
 * The holders, and which of them hold a token.
 * @param {Data.GalleryOwners | null} data @param {number} count
 * @returns {Owners}
 */
function ownersOf(data, count) {
  if (!data) return { addresses: [], of: () => [] };
  const width = data.head + data.tail;
  const hex = Array.from(atob(data.ends), (byte) => byte.charCodeAt(0).toString(16).padStart(2, "0")).join("");
  const addresses = Array.from({ length: hex.length / 2 / width }, (nothing, nth) => {
    const ends = hex.slice(nth * width * 2, (nth + 1) * width * 2);
    return { head: ends.slice(0, data.head * 2), tail: ends.slice(data.head * 2) };
  });
  const first = unpackColumn(data.of);
  const holders = Array.from({ length: count }, (nothing, token) => (first[token] ? [first[token] - 1, ...(data.more[token] ?? [])] : []));
  return { addresses, of: (token) => holders[token] };
}

/**
 * Every token's rarity in bits, from the odds of its stems; an album token has the sum of its songs.
 * @param {Kind[]} kinds @param {Uint32Array} kindOf @param {Data.Gallery["burned"]} burned
 */
function bitsOf(kinds, kindOf, burned) {
  const bits = Float64Array.from(kindOf, (kind) => kinds[kind].bits);
  for (const [album, songs] of Object.entries(burned)) bits[Number(album)] = songs.reduce((sum, song) => sum + bits[song], 0);
  return bits;
}

/**
 * Every token's percentile band; none for unrevealed tokens, and for tiers whose tokens are all equally rare.
 * @param {Kind[]} kinds @param {Uint32Array} kindOf @param {Float64Array} bits
 */
function bandsOf(kinds, kindOf, bits) {
  const bands = new Int8Array(bits.length).fill(UNKNOWN);
  for (const tier of TIERS) {
    const known = [...bits.keys()].filter((token) => bits[token] !== UNKNOWN && kinds[kindOf[token]].tier === tier);
    known.sort((one, other) => bits[other] - bits[one]);
    if (known.length === 0 || bits[known[0]] - bits[known[known.length - 1]] <= ALIKE) continue;
    let last = known.length; // from the most common on: equally rare tokens share a band
    for (let rank = known.length - 1; rank >= 0; rank--) {
      if (rank === known.length - 1 || bits[known[rank]] - bits[known[rank + 1]] > ALIKE) last = rank + 1;
      bands[known[rank]] = BANDS.findIndex((percent) => last * 100 <= known.length * percent);
    }
  }
  return bands;
}

/**
 * @param {Omit<Index, "facets">} index @param {Data.Gallery} data
 * @returns {Facet[]}
 */
function facetsOf(index, { albums, songs }) {
  const { kinds, kindOf, stateOf, bands, owners } = index;
  const stemKinds = kinds.filter(({ tier, stems }) => tier === "stem" && stems.length);
  const emptyLayers = songs.flatMap((song) => song.layers.filter(({ empty }) => empty).map((layer) => ({ song, stems: [leftOut(song, layer)] })));
  const layers = new Map(songs.flatMap((song) => song.layers.map(({ slug, name }) => /** @type {const} */ ([slug, name]))).reverse());
  /**
   * @param {string} name @param {FacetValue[]} values @param {(kind: Kind) => string[]} slugsOf
   * @returns {Facet}
   */
  const byKind = (name, values, slugsOf) => {
    const numbers = new Map(values.map(({ slug }, nth) => [slug, nth]));
    const lists = kinds.map((kind) => [...new Set(slugsOf(kind))].flatMap((slug) => numbers.get(slug) ?? []));
    return { name, values, of: (token) => lists[kindOf[token]] };
  };
  const inState = STATES.map((state, nth) => [nth]);
  const inBand = BANDS.map((percent, nth) => [nth]);
  /** @type {never[]} */
  const none = [];
  return [
    byKind("tier", TIERS.map((tier) => ({ slug: tier, label: capital(tierName(tier)) })), ({ tier }) => [tier]),
    { name: "state", values: STATES.map((state) => ({ slug: state, label: capital(stateName(state)) })), of: (token) => inState[stateOf[token]] },
    byKind("album", albums.map(({ slug, title }) => ({ slug, label: title })), ({ album }) => (album ? [album.slug] : none)),
    byKind("song", songs.map(({ slug, title }) => ({ slug, label: title })), ({ song }) => (song ? [song.slug] : none)),
    byKind("layer", [...layers].reverse().map(([slug, label]) => ({ slug, label })), (kind) => kind.stems.map(({ layer }) => layer.slug)),
    byKind("stem", [...stemKinds, ...emptyLayers].map(stemValue), ({ stems, without = [] }) => [...stems, ...without].map(({ key }) => key)),
    { name: "rarity", values: BANDS.map(bandValue), of: (token) => inBand[bands[token]] ?? none },
    { name: "owner", values: owners.addresses.map(ownerValue), of: owners.of },
  ];
}

/** @param {Pick<Kind, "song" | "stems">} kind */
function stemValue({ song, stems: [{ key, name, layer }] }) {
  return { slug: key, label: name, more: `${layer.name}, ${song?.title}` };
}

/** @param {number} percent */
function bandValue(percent) {
  const share = formatNumber(percent / 100, { style: "percent" });
  return { slug: `top-${percent}`, label: percent === 100 ? _("More common half") : _("Rarest %(share)s", { share }) };
}

/** @param {Holder} holder */
function ownerValue({ head, tail }) {
  return { slug: `0x${head}..${tail}`, label: `0x${head.slice(0, 4)}…${tail.slice(-4)}`, head, tail };
}

/**
 * Whether typed text can be a holder's address: its start, its short form, or all of it.
 * @param {Partial<Holder>} holder @param {string} typed
 */
export function isAddressOf({ head = "", tail = "" }, typed) {
  const [, begun, end = ""] = /^0x([0-9a-f]*)(?:(?:…|\.{2,3})([0-9a-f]*))?$/i.exec(typed.trim()) ?? [];
  if (begun === undefined || !head) return false;
  const start = begun.toLowerCase();
  const last = (start.length === 40 ? start.slice(-tail.length) : end).toLowerCase();
  const fits = start.length > head.length ? start.startsWith(head) : head.startsWith(start);
  return fits && tail.endsWith(last.slice(-tail.length));
}

/** @param {Pick<Index, "ids" | "kinds" | "kindOf">} index @param {number} token */
export function titleOf({ ids, kinds, kindOf }, token) {
  const { name, title } = kinds[kindOf[token]];
  const number = numberOf(ids[token]);
  return title ? title(number) : `${name} #${number}`;
}

/**
 * A token's track for the player bar; for an album token, the mixes burned for it.
 * @param {Pick<Index, "kinds" | "kindOf" | "burned">} index @param {number} token
 */
export function tracksOf({ kinds, kindOf, burned }, token) {
  const { track } = kinds[kindOf[token]];
  if (track) return [track];
  const songs = (burned[token] ?? []).map((song) => kindOf[song]).sort((one, other) => one - other);
  return songs.flatMap((kind) => kinds[kind].track ?? []);
}

/** @param {Pick<Index, "kinds" | "kindOf">} index @param {number} token */
export function tierOf({ kinds, kindOf }, token) {
  return tierName(kinds[kindOf[token]].tier);
}

/** @param {Pick<Index, "stateOf">} index @param {number} token */
export function stateWords({ stateOf }, token) {
  return stateName(STATES[stateOf[token]]);
}

/** @param {string} word */
function capital(word) {
  return word[0].toUpperCase() + word.slice(1);
}
