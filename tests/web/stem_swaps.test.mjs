// Replaced stems: which are still heard, and so not to be released.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { MixSettings } from "../../pyodide_app/web/playback/mix-settings.js";
import { StemSwaps } from "../../pyodide_app/web/playback/stem-swaps.js";

/** @type {any} */
const song = {
  rate: 1000, frames: 100_000,
  layers: [{ slug: "drums", stems: ["a", "b", "c"].map((slug) => ({ slug, channels: 2, audio: {} })) }],
};
/** @type {any} */
const decks = { isSetUp: () => true, apply() {} };
/** @type {any} */
const supply = { hasFailed: () => false, add: async () => {}, tidySoon() {} };
/** @type {MixSettings} */
let settings;
/** @type {StemSwaps} */
let swaps;

beforeEach(() => {
  settings = new MixSettings(song, [{ stem: "a", volume: 0, pan: 0, mute: false, solo: false }], () => "open", 0);
  swaps = new StemSwaps(settings, decks, supply);
  swaps.begin(settings.parts());
});

/** @param {string} stem @param {"bar"} [due] */
async function choose(stem, due) {
  settings.rows[0].stem = stem;
  await swaps.swap(0, true, () => due);
}

function leaving() {
  return ["a", "b", "c"].filter((stem) => swaps.isLeaving(`drums/${stem}`));
}

test("a stem that is replaced at the next bar is needed until then", async () => {
  await choose("b", "bar");
  swaps.follow([0]);
  assert.deepEqual(leaving(), ["a"]);
  swaps.follow([]);
  assert.deepEqual(leaving(), []);
});

test("so is the first of several that are chosen within a bar", async () => {
  await choose("b", "bar");
  await choose("c", "bar");
  swaps.follow([0]);
  assert.ok(leaving().includes("a"));
  swaps.follow([]);
  await choose("b", "bar");
  swaps.follow([0]);
  assert.deepEqual(leaving(), ["c"]);
});

test("a stem that is replaced at once is not needed", async () => {
  await choose("b");
  swaps.follow([]);
  assert.deepEqual(leaving(), []);
});
