// Layers that may be left out: in mix numbers, rules, mixes to begin with, what is played, and in the gallery.
import assert from "node:assert/strict";
import { test } from "node:test";

const page = {
  document: { documentElement: { dataset: { collection: "x" } }, baseURI: "https://site.example/" },
  localStorage: { getItem: () => null, setItem: () => {} },
  window: globalThis,
};
for (const [name, value] of Object.entries(page)) Object.defineProperty(globalThis, name, { value, configurable: true });
const { choicesIn, LEFT_OUT, mixNumber, parseMixNumber } = await import("../../pyodide_app/web/base/mix-numbers.js");
const { brokenRules } = await import("../../pyodide_app/web/mixer/mix-links.js");
const { heldMix } = await import("../../pyodide_app/web/mixer/held-mix.js");
const { MixSettings } = await import("../../pyodide_app/web/playback/mix-settings.js");
const { unpack } = await import("../../pyodide_app/web/gallery/token-index.js");

const stem = (slug) => ({ slug, name: slug.toUpperCase(), audio: { url: slug }, channels: 1 });
const SONG = /** @type {any} */ ({
  slug: "one", title: "One", tags: {}, rate: 48000, frames: 48000,
  layers: [
    { slug: "drums", name: "Drums", stems: ["a", "b"].map(stem) },
    { slug: "fx", name: "FX", stems: [stem("c")], empty: 3 },
  ],
  rules: [{ if: { drums: ["a"] }, exclude: { fx: ["c"] }, require: {} }, { if: { drums: ["b"] }, exclude: {}, require: { fx: ["c"] } }],
});

test("0 in a mix number is a layer that is left out", () => {
  assert.equal(mixNumber([1, LEFT_OUT]), "2-0");
  assert.deepEqual(parseMixNumber("2-0"), [1, LEFT_OUT]);
  assert.deepEqual(SONG.layers.map(choicesIn), [[0, 1], [0, LEFT_OUT]]);
});

test("of a layer that is left out, no stem plays: it cannot be excluded, and lacks what is required", () => {
  assert.deepEqual(brokenRules([0, LEFT_OUT], SONG), []);
  assert.equal(brokenRules([0, 0], SONG).length, 1);
  assert.match(brokenRules([1, LEFT_OUT], SONG)[0], /FX must be C/);
});

test("a layer of which nothing is held is left out if it may be", () => {
  const held = (...stems) => heldMix(SONG, /** @type {any} */ ({ stems: new Set(stems.map((key) => `one/${key}`)) }), [0, 0]);
  assert.deepEqual(held("drums/a"), [0, LEFT_OUT]);
  assert.deepEqual(held("drums/b", "fx/c"), [1, 0]);
  assert.deepEqual(held("fx/c"), [0, 0]);
});

test("nothing is fetched for a layer that is left out, also where everything is heard in full", () => {
  const row = { volume: 0, pan: 0, mute: false, solo: false };
  const settings = new MixSettings(SONG, [{ ...row, stem: "b" }, { ...row, stem: "" }], () => "open", 30);
  assert.deepEqual(settings.parts({ plain: true }).map(({ key }) => key), ["drums/b", null]);
  assert.equal(settings.tags.mix, "2-0");
});

test("the gallery has the rarity of mixes without a layer, and finds them", () => {
  const stems = (...slugs) => slugs.map((slug) => [slug, slug.toUpperCase(), 1]);
  const data = /** @type {any} */ ({
    ids: ["1-3"], states: "rrr", burned: {}, owners: null, kinds: { width: 1, digits: "FGH" }, albums: [{ slug: "tides", title: "Tides", cover: "" }],
    songs: [{
      slug: "one", title: "One", album: "tides", mixes: "1-1 2-0",
      layers: [{ slug: "drums", name: "Drums", stems: stems("a", "b") }, { slug: "fx", name: "FX", stems: stems("c"), empty: 3 }],
    }],
  });
  const { bits, facets } = unpack(data);
  const log = (/** @type {number} */ share) => -Math.log2(share);
  assert.deepEqual([...bits], [0, log(1 / 2) + log(1 / 4), log(1 / 2) + log(3 / 4)]);
  const tokensWith = (name, slug) => {
    const { values, of } = facets.find((facet) => facet.name === name);
    const nth = values.findIndex((value) => value.slug === slug);
    return [0, 1, 2].filter((token) => of(token).includes(nth));
  };
  assert.deepEqual(tokensWith("stem", "one/fx/none"), [2]);
  assert.deepEqual(tokensWith("stem", "one/fx/c"), [0, 1]);
  assert.deepEqual(tokensWith("layer", "fx"), [0, 1]);
});
