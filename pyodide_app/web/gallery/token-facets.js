// The facets to filter the gallery by: a facet has values, and knows which of them a token has.
import { stateName, tierName } from "../language/names.js";
import { _, formatNumber } from "../language/phrases.js";
import { STATES, TIERS, leftOut } from "./kinds.js";
import { BANDS } from "./rarity.js";

/** @import { Holder, Owners } from "./holders.js" */
/** @import { Kind } from "./kinds.js" */
/** @typedef {{ slug: string, label: string, more?: string, head?: string, tail?: string }} FacetValue */
/** @typedef {{ name: string, values: FacetValue[], of: (token: number) => readonly number[] }} Facet */
/**
 * The tokens to find values of, as in token-index.js.
 * @typedef {{ kinds: Kind[], kindOf: Uint32Array, stateOf: Uint8Array, bands: Int8Array, owners: Owners }} FacetTokens
 */

/**
 * @param {FacetTokens} index @param {Data.Gallery} data
 * @returns {Facet[]}
 */
export function facetsOf(index, { albums, songs }) {
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

/** @param {string} word */
function capital(word) {
  return word[0].toUpperCase() + word.slice(1);
}
