// What tokens unlock, and how much is heard of stems that are not held.
import assert from "node:assert/strict";
import { test } from "node:test";
globalThis.document = /** @type {any} */ ({ documentElement: { dataset: {} } });
const { access, owned, unlockedStems } = await import("../../pyodide_app/web/tokens/ownership.js");

const accesses = /** @type {const} */ (["open", "preview", "silent"]);
const layers = [
  { slug: "drums", stems: [{ slug: "amen" }, { slug: "brush" }] },
  { slug: "bass", stems: [{ slug: "sub" }] },
];
/** @type {any} */
const forge = {
  songs: [{ slug: "undertow", layers }, { slug: "other", layers }, { slug: "elsewhere", layers }],
  albums: [{ slug: "tides", songs: ["undertow", "other"] }, { slug: "single", songs: ["elsewhere"] }],
};

test("a stem token unlocks its stem, an unrevealed one nothing", () => {
  assert.deepEqual(unlockedStems({ tier: "stem", song: "undertow", layer: "bass", stem: "sub" }, forge), ["undertow/bass/sub"]);
  assert.deepEqual(unlockedStems({ tier: "stem" }, forge), []);
});

test("a song token unlocks the stems of its mix", () => {
  const token = /** @type {const} */ ({ tier: "song", song: "undertow", stems: { drums: "brush", bass: "sub" } });
  assert.deepEqual(unlockedStems(token, forge), ["undertow/drums/brush", "undertow/bass/sub"]);
});

test("an album token unlocks every stem of the album's songs", () => {
  const stems = unlockedStems({ tier: "album", album: "tides" }, forge);
  assert.deepEqual(stems.slice(0, 3), ["undertow/drums/amen", "undertow/drums/brush", "undertow/bass/sub"]);
  assert.deepEqual(new Set(stems.map((stem) => stem.split("/")[0])), new Set(["undertow", "other"]));
  assert.equal(stems.length, 6);
  assert.deepEqual(unlockedStems({ tier: "album", album: "gone" }, forge), []);
});

test("whoever has not connected holds nothing", () => {
  const nobody = owned("a collection");
  assert.equal(nobody.known, false);
  for (const locked of accesses) assert.equal(access(nobody, "undertow/bass/sub", locked), locked);
});

test("what is held is heard in full", () => {
  const holder = { ...owned("a collection"), known: true, stems: new Set(["undertow/bass/sub"]) };
  for (const locked of accesses) {
    assert.equal(access(holder, "undertow/bass/sub", locked), "open");
    assert.equal(access(holder, "undertow/drums/amen", locked), locked);
  }
});

test("of what storage holds, only folders of contracts are taken for unread ones", () => {
  const record = { address: `0x${"ab".repeat(20)}`, source: "chain", unread: ["", "song/", "<b>", 7, "song"], tokens: {}, stems: [] };
  globalThis.localStorage = /** @type {any} */ ({ getItem: () => JSON.stringify(record) });
  assert.deepEqual(owned("a collection").unread, ["", "song/"]);
});
