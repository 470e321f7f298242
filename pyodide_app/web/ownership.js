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
// Holding, frozen:
//   known       false: nobody has connected or pasted an address yet; all else is then empty
//   address     "0x…", whose tokens they are
//   wallet      the wallet's reverse domain name, "" for a pasted address
//   source      "chain", or "snapshot" where no endpoint answered
//   block, time where it was read: a number or null; ISO 8601 or ""
//   complete    false: the chain knows of more tokens than could be named
//   tokens      Map of token id -> how many are held
//   stems       Set of "song/layer/stem": every stem that the tokens open
//
// `collection` is the page's own unless it is given: <html data-collection>. Everything that comes out
// of the browser's storage has been checked: sites on one gateway share it.
const PREFIX = "stempress:holding:";
export const SEGMENT = "[\\p{L}\\p{N}_][\\p{L}\\p{N}_-]{0,199}";
const STEM = new RegExp(`^${SEGMENT}/${SEGMENT}/${SEGMENT}$`, "u");
const TOKEN = /^(0|[1-9]\d{0,77})$/;
const ADDRESS = /^0x[0-9a-fA-F]{40}$/;
const WALLET = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/;
const changes = new EventTarget();

export function owned(collection = here()) {
  try {
    return checked(JSON.parse(localStorage.getItem(PREFIX + collection)));
  } catch {
    return checked(null); // nothing is kept, or it is not ours
  }
}

export function watch(hear, collection = here()) {
  const tell = () => hear(owned(collection));
  const inThisTab = ({ detail }) => detail === collection && tell();
  const inAnother = ({ key }) => (key === null || key === PREFIX + collection) && tell();
  changes.addEventListener("change", inThisTab);
  addEventListener("storage", inAnother);
  return () => {
    changes.removeEventListener("change", inThisTab);
    removeEventListener("storage", inAnother);
  };
}

export function remember({ tokens, stems, ...facts }, collection = here()) {
  const record = { ...facts, tokens: Object.fromEntries(tokens), stems: [...stems] };
  const kept = attempt(() => localStorage.setItem(PREFIX + collection, JSON.stringify(record)));
  changes.dispatchEvent(new CustomEvent("change", { detail: collection }));
  return kept;
}

export function forget(collection = here()) {
  attempt(() => localStorage.removeItem(PREFIX + collection));
  changes.dispatchEvent(new CustomEvent("change", { detail: collection }));
}

export function access({ known, stems }, key, locked) {
  return !known || stems.has(key) ? "open" : locked;
}

/** What a ledger's token opens: a stem token its own stem, a song token every stem of its mix. */
export function opens({ tier, song, layer, stem, stems = {} }) {
  if (tier === "stem" && stem) return [`${song}/${layer}/${stem}`];
  if (tier === "song") return Object.entries(stems).map(([layer, stem]) => `${song}/${layer}/${stem}`);
  return [];
}

function here() {
  return document.documentElement.dataset.collection ?? "";
}

function attempt(act) {
  try {
    act();
    return true;
  } catch {
    return false; // storage may be full, or forbidden
  }
}

function checked(record) {
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
    tokens: new Map(Object.entries(tokens ?? {}).filter(isToken)),
    stems: new Set(Array.isArray(stems) ? stems.filter((stem) => matches(stem, STEM)) : []),
  });
}

function isToken([id, count]) {
  return TOKEN.test(id) && Number.isSafeInteger(count) && count > 0;
}

function matches(value, pattern) {
  return typeof value === "string" && pattern.test(value);
}
