// Token ids: those of tiers in contracts of their own begin with the tier.
import assert from "node:assert/strict";
import { test } from "node:test";
import { titleOf, unpack } from "../../pyodide_app/web/gallery/token-index.js";
import { compareIds, contractOf, contractsOf, heldAmong, numberOf } from "../../pyodide_app/web/tokens/token-ids.js";

/** @param {string} address @returns {Data.Contract} */
const contract = (address) => ({ chain_id: 1, address, standard: "erc721", rpc: [], marketplace: "", explorer: "" });
const SHARED = contract("0x1");
const SONGS = contract("0x2");

test("the number is what the contract knows", () => {
  assert.deepEqual(["7", "song/7", `album/${2n ** 255n}`].map(numberOf), ["7", "7", String(2n ** 255n)]);
});

test("ids are sorted by number, then by tier", () => {
  const sorted = ["song/10", "9", "song/9", "10", String(2n ** 70n), "album/9"].sort(compareIds);
  assert.deepEqual(sorted, ["9", "album/9", "song/9", "10", "song/10", String(2n ** 70n)]);
});

test("a token's contract is that of its tier, or the shared one", () => {
  const collection = { contract: SHARED, contracts: { song: SONGS } };
  assert.equal(contractOf(collection, "7"), SHARED);
  assert.equal(contractOf(collection, "song/7"), SONGS);
  assert.equal(contractOf(collection, "album/7"), null);
  assert.deepEqual(contractsOf(collection), [{ contract: SHARED, folder: "" }, { contract: SONGS, folder: "song/" }]);
  assert.deepEqual(contractsOf({ contract: null, contracts: {} }), []);
});

test("the gallery's index has them as ranges, and titles say numbers", () => {
  const kinds = { width: 1, digits: "ABB" }; // unrevealed stem, song, song
  const index = unpack({ ids: ["1", "song/1-2"], states: "uuu", kinds, albums: [], songs: [], burned: {}, owners: null });
  assert.deepEqual(index.ids, ["1", "song/1", "song/2"]);
  assert.equal(titleOf(index, 2), "Unrevealed song #2");
});

test("of what is held, those in runs of ids are found, in order", () => {
  const held = ["song/8", "3", "100", "101", "album/3", String(2n ** 255n)];
  assert.deepEqual(heldAmong("1-100 205", held), ["3", "100"]);
  assert.deepEqual(heldAmong(`song/7-9 ${2n ** 255n}`, held), ["song/8", String(2n ** 255n)]);
  assert.deepEqual(heldAmong("song/3 album/3", held), ["album/3"]);
  assert.deepEqual(heldAmong("", held), []);
});
