// What this browser knows of the visitor's tokens, for every page of a collection.
//
//   owned(collection?)           what is known now, as a Holding; never throws
//   watch(hear, collection?)     call hear(Holding) when it changes, in this tab or another; returns a
//                                function that stops it
//   remember(facts, collection?) keep what /mine/ has read; false where the browser keeps nothing
//   forget(collection?)          let go of it
//   access(holding, key, locked) how much of a stem, "song/layer/stem", may be heard: "open", or what
//                                the site's [audio] locked says of stems that are not the visitor's
//
// `collection` is the page's own unless it is given: <html data-collection>. Everything that comes out
// of the browser's storage has been checked: sites on one gateway share it.

/**
 * What the visitor holds; frozen.
 * @typedef {object} Holding
 * @property {boolean} known false: nobody has connected or pasted an address yet; all else is then empty
 * @property {string} address "0x…", whose tokens they are
 * @property {string} wallet the wallet's reverse domain name, "" for a pasted address
 * @property {"chain" | "snapshot"} source the snapshot where no endpoint answered
 * @property {number | null} block where it was read
 * @property {string} time when: ISO 8601, or ""
 * @property {boolean} complete false: the chain knows of more tokens than could be named
 * @property {ReadonlyMap<string, number>} tokens how many are held of each, by id
 * @property {ReadonlySet<string>} stems "song/layer/stem": every stem that the tokens open
 */

const PREFIX = "stempress:holding:";
export const SEGMENT = "[\\p{L}\\p{N}_][\\p{L}\\p{N}_-]{0,199}";
const STEM = new RegExp(`^${SEGMENT}/${SEGMENT}/${SEGMENT}$`, "u");
const TOKEN = /^(0|[1-9]\d{0,77})$/;
const ADDRESS = /^0x[0-9a-fA-F]{40}$/;
const WALLET = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/;
const changes = new EventTarget();

/** @returns {Readonly<Holding>} */
export function owned(collection = currentCollection()) {
  try {
    return parseHolding(JSON.parse(localStorage.getItem(PREFIX + collection) ?? "null"));
  } catch {
    return parseHolding(null); // nothing is kept, or it is not ours
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
export function access({ known, stems }, key, locked) {
  return !known || stems.has(key) ? "open" : locked;
}

/**
 * What a ledger's token opens: a stem token its own stem, a song token every stem of its mix.
 * @param {Partial<Data.Token>} token
 */
export function opens({ tier, song, layer, stem, stems = {} }) {
  if (tier === "stem" && stem) return [`${song}/${layer}/${stem}`];
  if (tier === "song") return Object.entries(stems).map((pair) => [song, ...pair].join("/"));
  return [];
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
 * @param {any} record whatever the browser's storage holds
 * @returns {Readonly<Holding>}
 */
function parseHolding(record) {
  const known = typeof record === "object" && record !== null && matches(record.address, ADDRESS);
  const { address, wallet, source, block, time, complete, tokens, stems } = known ? record : {};
  return Object.freeze({
    known,
    address: known ? address : "",
    wallet: matches(wallet, WALLET) ? wallet : "",
    source: source === "chain" ? "chain" : "snapshot",
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
