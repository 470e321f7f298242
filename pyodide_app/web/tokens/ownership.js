// The visitor's tokens, as far as this browser knows them; shared by all pages of a collection.
//
//   owned(collection?)           the current Holding; never throws
//   watch(listener, collection?) calls listener(Holding) on changes, in this tab or another; returns a function
//                                that stops it
//   remember(facts, collection?) saves what /mine/ has read; false if the browser refuses
//   forget(collection?)          deletes it
//   access(holding, key, locked) how much of a stem ("song/layer/stem") is heard: "open", or the site's
//                                [audio] locked for stems that the visitor does not hold
//
// `collection` defaults to the page's: <html data-collection>. Everything read from storage is validated: sites
// on one gateway share it.

/**
 * The tokens of one address; frozen.
 * @typedef {object} Holding
 * @property {boolean} known false: no address has been connected or pasted yet, so nothing is held
 * @property {string} address "0x…"
 * @property {string} wallet the wallet's reverse domain name, "" for a pasted address
 * @property {"chain" | "snapshot"} source "snapshot" if no contract could be read
 * @property {readonly string[]} unread the folders of contracts that could not be read, "" or "<tier>/": their tokens are
 *     those of the site's own list
 * @property {number | null} block at which it was read
 * @property {string} time of that block: ISO 8601, or ""
 * @property {boolean} complete false: the address holds more tokens than could be listed
 * @property {ReadonlyMap<string, number>} tokens how many are held of each, by id
 * @property {ReadonlySet<string>} stems the stems that the tokens unlock, "song/layer/stem"
 */

const PREFIX = "stempress:holding:";
export const SEGMENT = "[\\p{L}\\p{N}_][\\p{L}\\p{M}\\p{N}_-]{0,199}";
const STEM = new RegExp(`^${SEGMENT}/${SEGMENT}/${SEGMENT}$`, "u");
const TOKEN = /^((stem|song|album)\/)?(0|[1-9]\d{0,77})$/;
const FOLDER = /^((stem|song|album)\/)?$/;
const ADDRESS = /^0x[0-9a-fA-F]{40}$/;
const WALLET = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/;
const changes = new EventTarget();

/** @returns {Readonly<Holding>} */
export function owned(collection = currentCollection()) {
  try {
    return parseHolding(JSON.parse(localStorage.getItem(PREFIX + collection) ?? "null"));
  } catch {
    return parseHolding(null); // storage is blocked, or holds something else
  }
}

/**
 * @param {(holding: Readonly<Holding>) => void} listener
 * @returns {() => void}
 */
export function watch(listener, collection = currentCollection()) {
  const life = new AbortController();
  const { signal } = life;
  const report = () => listener(owned(collection));
  changes.addEventListener("change", (event) => {
    if (/** @type {CustomEvent<string>} */ (event).detail === collection) report();
  }, { signal });
  addEventListener("storage", ({ key }) => {
    if (key === null || key === PREFIX + collection) report();
  }, { signal });
  return () => life.abort();
}

/**
 * @param {Holding} holding
 * @returns {boolean}
 */
export function remember({ tokens, stems, ...facts }, collection = currentCollection()) {
  const record = { ...facts, tokens: Object.fromEntries(tokens), stems: [...stems] };
  const isKept = tryTo(() => localStorage.setItem(PREFIX + collection, JSON.stringify(record)));
  changes.dispatchEvent(new CustomEvent("change", { detail: collection }));
  return isKept;
}

export function forget(collection = currentCollection()) {
  tryTo(() => localStorage.removeItem(PREFIX + collection));
  changes.dispatchEvent(new CustomEvent("change", { detail: collection }));
}

/**
 * @param {Readonly<Holding>} holding @param {string} key @param {Data.Access} locked
 * @returns {Data.Access}
 */
export function access({ stems }, key, locked) {
  return stems.has(key) ? "open" : locked;
}

/**
 * The stems that a token unlocks: a stem token its own, a song token those of its mix, an album token every stem of
 * the album's songs.
 * @param {Partial<Data.Token>} token @param {Pick<Data.Forge, "songs" | "albums">} forge
 * @returns {string[]}
 */
export function unlockedStems({ tier, song, layer, stem, stems = {}, album }, { songs, albums }) {
  if (tier === "stem" && stem) return [`${song}/${layer}/${stem}`];
  if (tier === "song") return Object.entries(stems).map((pair) => [song, ...pair].join("/"));
  if (tier !== "album") return [];
  const slugs = albums.find(({ slug }) => slug === album)?.songs ?? [];
  return songs.filter(({ slug }) => slugs.includes(slug)).flatMap(allStems);
}

/** @param {Data.ForgeSong} song */
function allStems({ slug, layers }) {
  return layers.flatMap((layer) => layer.stems.map((stem) => `${slug}/${layer.slug}/${stem.slug}`));
}

function currentCollection() {
  return document.documentElement.dataset.collection ?? "";
}

/** @param {() => void} act */
function tryTo(act) {
  try {
    act();
    return true;
  } catch {
    return false; // storage may be full, or forbidden
  }
}

/**
 * @param {any} record untrusted
 * @returns {Readonly<Holding>}
 */
function parseHolding(record) {
  const known = typeof record === "object" && record !== null && matches(record.address, ADDRESS);
  const { address, wallet, source, unread, block, time, complete, tokens, stems } = known ? record : {};
  return Object.freeze({
    known,
    address: known ? address : "",
    wallet: matches(wallet, WALLET) ? wallet : "",
    source: source === "chain" ? "chain" : "snapshot",
    unread: Array.isArray(unread) ? unread.filter((/** @type {unknown} */ folder) => matches(folder, FOLDER)) : [],
    block: Number.isSafeInteger(block) && block >= 0 ? block : null,
    time: matches(time, TIME) ? time : "",
    complete: complete !== false,
    tokens: new Map(/** @type {[string, number][]} */ (Object.entries(tokens ?? {})).filter(isToken)),
    stems: new Set(Array.isArray(stems) ? stems.filter((/** @type {unknown} */ stem) => matches(stem, STEM)) : []),
  });
}

/** @param {[string, unknown]} entry */
function isToken([id, count]) {
  return TOKEN.test(id) && Number.isSafeInteger(count) && Number(count) > 0;
}

/**
 * @param {unknown} value @param {RegExp} pattern
 * @returns {value is string}
 */
function matches(value, pattern) {
  return typeof value === "string" && pattern.test(value);
}
