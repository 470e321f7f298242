// What an address holds in several contracts: from the chain where it can be read, else from the site's own list.
import assert from "node:assert/strict";
import { test } from "node:test";
globalThis.document = /** @type {any} */ ({ documentElement: { dataset: {}, lang: "en" }, currentScript: null });
const { findHoldings, unreadNotice } = await import("../../pyodide_app/web/mine/holdings.js");

/** @import { TierContract } from "../../pyodide_app/web/tokens/token-ids.js" */

const ME = "0xAbababababababababababababababababababab";
const MIXED = ME.toLowerCase();
/** @param {number} chain_id @param {string} [tier] @returns {TierContract} */
const at = (chain_id, tier = "") => ({
  contract: { chain_id, address: `0x${tier}`, standard: "erc721", rpc: [], marketplace: "", explorer: "" },
  folder: tier && `${tier}/`,
});
/** @param {string} id @param {Data.Tier} tier @param {Record<string, number>} [owners] @returns {any} */
const token = (id, tier, owners) => ({ id, tier, state: "revealed", ...(owners && { owners }) });
const TOKENS = [
  token("1", "stem", { [MIXED]: 1 }), token("2", "stem", { "0xcd": 1 }),
  token("song/1", "song", { [MIXED]: 2 }), token("song/2", "song"), token("album/1", "album"),
];
const LEDGER = { tokens: TOKENS, block: 50, time: "2026-01-02T03:04:05Z" };
const SONG_READ = { tokens: new Map([["2", 1]]), complete: true, block: 60, time: "2026-02-01T00:00:00Z", endpoint: "song.example" };
const SHARED_READ = { tokens: new Map([["2", 1]]), complete: true, block: 61, time: "2026-02-01T00:00:12Z", endpoint: "shared.example" };

/** Read one contract, fail with the other. @param {string} readable @param {any} answer */
function only(readable, answer) {
  return async (/** @type {Data.Contract} */ { address }) => {
    if (address === readable) return answer;
    throw new Error("it is asleep");
  };
}
const { signal } = new AbortController();

test("a contract that cannot be read leaves the others live", async () => {
  const contracts = [at(1), at(1, "song")];
  const found = await findHoldings(contracts, ME, LEDGER, only("0x", SHARED_READ), signal);
  assert.deepEqual(Object.fromEntries(found.tokens), { "2": 1, "song/1": 2 });
  assert.deepEqual([found.source, found.block, found.unread, found.endpoint], ["chain", 61, ["song/"], "shared.example"]);
  assert.equal(found.complete, true);
  assert.equal(unreadNotice(found, LEDGER, contracts, found.reason), "Not read from the chain: song (it is asleep). Their tokens are those of this site's own list at block 50, which may be out of date.");
});

test("the contract that tiers share is named by these tiers", async () => {
  const contracts = [at(1), at(1, "song")];
  const found = await findHoldings(contracts, ME, LEDGER, only("0xsong", SONG_READ), signal);
  assert.deepEqual(Object.fromEntries(found.tokens), { "1": 1, "song/2": 1 });
  assert.match(unreadNotice(found, LEDGER, contracts, ""), /^Not read from the chain: stem and album\. Their/);
});

test("the list's block is not told of another chain than the first contract's", async () => {
  const contracts = [at(1), at(10, "song")];
  const found = await findHoldings(contracts, ME, LEDGER, only("0x", SHARED_READ), signal);
  assert.match(unreadNotice(found, LEDGER, contracts, ""), /own list, which may be out of date\.$/);
  const other = await findHoldings(contracts, ME, LEDGER, only("0xsong", SONG_READ), signal);
  assert.deepEqual([other.block, other.unread], [60, [""]]);
});

test("endpoints must know what the site knows, on the first contract's chain alone", async () => {
  /** @type {Record<string, [string[], number]>} */
  const asked = {};
  const contracts = [at(1), at(10, "song"), at(1, "album")];
  await findHoldings(contracts, ME, LEDGER, async ({ address }, ids, known) => {
    asked[address] = [ids, known];
    return SONG_READ;
  }, signal);
  assert.deepEqual(asked, { "0x": [["1", "2"], 50], "0xsong": [["1", "2"], 0], "0xalbum": [["1"], 50] });
});

test("block and time are the oldest of one chain", async () => {
  const all = async (/** @type {Data.Contract} */ { address }) => (address === "0xsong" ? SONG_READ : SHARED_READ);
  const found = await findHoldings([at(1), at(1, "song")], ME, LEDGER, all, signal);
  assert.deepEqual([found.block, found.unread, found.reason], [60, [], ""]);
  assert.equal((await findHoldings([at(1), at(10, "song")], ME, LEDGER, all, signal)).block, 61);
});

test("without a list of holders, what cannot be read is missing, and the page says so", async () => {
  const ledger = { ...LEDGER, tokens: TOKENS.map(({ owners, ...rest }) => (owners ? rest : rest)) };
  const contracts = [at(1), at(1, "song")];
  const found = await findHoldings(contracts, ME, ledger, only("0x", SHARED_READ), signal);
  assert.deepEqual([[...found.tokens.keys()], found.complete], [["2"], false]);
  assert.match(unreadNotice(found, ledger, contracts, ""), /no list of their holders/);
  await assert.rejects(findHoldings(contracts, ME, ledger, only("", null), signal), /pressed without a list/);
});

test("where no contract can be read, the list counts", async () => {
  const found = await findHoldings([at(1), at(1, "song")], ME, LEDGER, only("", null), signal);
  assert.deepEqual(Object.fromEntries(found.tokens), { "1": 1, "song/1": 2 });
  assert.deepEqual([found.source, found.block, found.time], ["snapshot", 50, LEDGER.time]);
  assert.equal(unreadNotice(found, LEDGER, [at(1), at(1, "song")], "x"), "");
  assert.equal((await findHoldings([], ME, LEDGER, only("", null), signal)).reason, "the collection has no contract yet");
});

test("a reading that was given up is no contract that cannot be read", async () => {
  const given = new AbortController();
  const leave = async () => {
    given.abort(new Error("Cancelled."));
    throw new Error("aborted");
  };
  await assert.rejects(findHoldings([at(1)], ME, LEDGER, leave, given.signal), /Cancelled/);
});
