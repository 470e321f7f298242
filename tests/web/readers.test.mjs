// What comes from outside (links, storage, endpoints, files) with anything in it: read or refused, and never for ever.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fuzz } from "../support/random.mjs";

/** @type {Map<string, string>} */
const storage = new Map();
const page = {
  document: { documentElement: { dataset: { collection: "x" } }, baseURI: "https://site.example/" },
  localStorage: { getItem: (key) => storage.get(key) ?? null, setItem: (key, text) => storage.set(key, text) },
  window: globalThis,
};
for (const [name, value] of Object.entries(page)) Object.defineProperty(globalThis, name, { value, configurable: true });
const { choicesIn } = await import("../../pyodide_app/web/base/mix-numbers.js");
const { formatMix, parseMix, songOfMix } = await import("../../pyodide_app/web/mixer/mix-links.js");
const { parsePlaylist, playlistLink } = await import("../../pyodide_app/web/bar/playlists.js");
const { savedPlaylists } = await import("../../pyodide_app/web/saved/playlists.js");
const { Queue } = await import("../../pyodide_app/web/bar/queue.js");
const { isTrack } = await import("../../pyodide_app/web/saved/track-address.js");
const { owned } = await import("../../pyodide_app/web/tokens/ownership.js");
const { kindOf, secondsOf } = await import("../../pyodide_app/web/tokens/rpc-errors.js");
const { toNumber, shorten } = await import("../../pyodide_app/web/tokens/rpc.js");
const { readAddress, writeAddress } = await import("../../pyodide_app/web/gallery/address.js");
const { PageSplitter, parseOpusHead } = await import("../../pyodide_app/web/codecs/ogg.js");
const { parseMetadata } = await import("../../pyodide_app/web/codecs/flac-frames.js");

const FRAMES = 1000;
const SONG = /** @type {any} */ ({ slug: "one", frames: FRAMES, layers: [{ stems: [1, 2, 3] }, { stems: [1, 2], empty: 4 }] });
const LINK = "v=1&song=one&mix=3-1&gain=-6.5,0&pan=0,0.3&mute=2&solo=1&master=-3&loop=10-900&at=12";
const WORDS = ["v=1", "&", "=", ",", "-", "0", "1", "song=one", "mix=1-1", "mix=2-0", "mix=0-1", "at=", "loop=", "1e3", "%", "NaN", "Infinity", "gain="];
const TRACKS = ["songs/one/1-1", "songs/one/2-0", "songs/мои/2", "stems/one/drums/a", "songs/../1", "albums/x", "__proto__", ""];

/** What a function returns, or null where it refuses with a message. */
function attempt(act) {
  try {
    return act();
  } catch (error) {
    assert.ok(error instanceof Error && error.message, String(error));
    assert.ok(!(error instanceof TypeError || error instanceof ReferenceError), error.stack);
    return null;
  }
}

test("any link is a mix of the song, or refused", () => {
  fuzz((random) => {
    const link = random.edited(LINK, WORDS);
    assert.equal(typeof songOfMix(link), "string");
    const mix = attempt(() => parseMix(link, SONG));
    if (!mix) return;
    assert.ok(mix.choice.every((nth, row) => choicesIn(SONG.layers[row]).includes(nth)));
    for (const { volume, pan } of mix.rows) assert.ok(volume >= -60 && volume <= 6 && pan >= -1 && pan <= 1);
    assert.ok(mix.at >= 0 && mix.at < FRAMES && mix.master >= -60 && mix.master <= 6);
    if (mix.loop) assert.ok(mix.loop[0] < mix.loop[1] && mix.loop[1] <= FRAMES);
    assert.deepEqual(parseMix(formatMix(mix), SONG), mix);
  });
});

test("any playlist in a link or in storage has nothing but tracks", () => {
  const link = `#queue=1&name=Mine&tracks=${TRACKS.join(",")}`;
  fuzz((random) => {
    storage.set("stempress:playlists:x", random.edited(JSON.stringify(random.json(["name", "tracks", ...TRACKS])), TRACKS));
    const found = [parsePlaylist(random.edited(link, TRACKS)), ...savedPlaylists()].filter(Boolean);
    for (const playlist of found) {
      assert.ok(playlist.name && playlist.tracks.length && playlist.tracks.every(isTrack));
      if (playlist.name.isWellFormed()) assert.deepEqual(parsePlaylist(new URL(playlistLink(playlist)).hash), playlist);
    }
  });
});

test("any saved queue can be played from its position on", () => {
  const saved = { v: 1, tracks: TRACKS.slice(0, 3), at: 1, seconds: 3, repeat: "all", volume: 0.5, shuffled: true };
  fuzz((random) => {
    const content = { ...saved, [random.pick(Object.keys(saved))]: random.json(TRACKS) };
    const queue = Queue.parse(random.edited(JSON.stringify(content), TRACKS));
    assert.ok(queue.entries.every(({ address }) => isTrack(address)));
    assert.equal(queue.entries.length > 0, queue.current !== null);
    assert.ok(queue.seconds >= 0 && queue.seconds < Infinity && queue.volume >= 0 && queue.volume <= 1);
    const other = new Queue();
    other.adopt(JSON.stringify(random.json(["v", "tracks", ...TRACKS])));
    assert.equal(other.entries.length > 0, other.current !== null);
  });
});

test("any saved holding has nothing but tokens and stems", () => {
  const holding = { address: `0x${"ab".repeat(20)}`, tokens: { 1: 2 }, stems: ["one/drums/a"], block: 3, source: "chain" };
  fuzz((random) => {
    const content = { ...holding, [random.pick(Object.keys(holding))]: random.json(["1", "one/drums/a"]) };
    storage.set("stempress:holding:x", random.edited(JSON.stringify(content)));
    const { tokens, stems, known } = owned();
    assert.equal(typeof known, "boolean");
    for (const [id, count] of tokens) assert.ok(/^\d+$/.test(id) && count > 0);
    for (const stem of stems) assert.equal(stem.split("/").length, 3);
  });
});

test("any refusal of an endpoint is of some kind, and any quantity a number or refused", () => {
  const words = ["code", "message", "data", "error", "rate limit", "pruned", "-32005", "429", "0x10", "cause"];
  fuzz((random) => {
    const error = random.json(words);
    assert.ok(typeof kindOf(error, 100 + random.below(500)) === "string");
    assert.ok(secondsOf(random.text(["1", "-1", "Wed, 21 Oct 2026 07:28:00 GMT", "1e9"])) >= 0);
    assert.ok(shorten(error).length <= 160);
    const number = attempt(() => toNumber(random.json(words)));
    assert.ok(number === null || Number.isSafeInteger(number));
  });
});

test("any query of the gallery has nothing but values that its index has", () => {
  const facets = [{ name: "tier", values: [{ slug: "stem" }, { slug: "song" }], find: () => undefined }];
  fuzz((random) => {
    const search = random.edited("?q=dusty&tier=stem,song&sort=-number&view=list", ["tier", "&", "=", ",", "__proto__", "%zz"]);
    const query = attempt(() => readAddress(search, /** @type {any} */ ({ facets })));
    assert.ok(query);
    assert.ok(query.chosen.tier.every((slug) => ["stem", "song"].includes(slug)));
    assert.equal(typeof writeAddress(query), "string");
  });
});

/** An Ogg page with packets of these sizes. */
function oggPage(...sizes) {
  const bytes = new Uint8Array(27 + sizes.length + sizes.reduce((sum, size) => sum + size, 0)).fill(7);
  bytes.set([0x4f, 0x67, 0x67, 0x53, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
  bytes.set([sizes.length, ...sizes], 26);
  return bytes;
}

test("any Ogg stream is split the same in pieces of any size, or refused", () => {
  const whole = Uint8Array.from([oggPage(19), oggPage(3, 200, 9), oggPage(40)].flatMap((each) => [...each]));
  /** @param {Uint8Array} bytes @param {() => number} size */
  const split = (bytes, size) => {
    const splitter = new PageSplitter();
    const pages = [];
    for (let done = 0, step = size(); done < bytes.length; done += step, step = size()) pages.push(...splitter.push(bytes.subarray(done, done + step)));
    return pages;
  };
  fuzz((random) => {
    const bytes = random.damaged(whole);
    const pages = attempt(() => split(bytes, () => bytes.length || 1));
    assert.deepEqual(attempt(() => split(bytes, () => 1 + random.below(50))), pages);
    for (const { body, sizes } of pages ?? []) assert.ok(sizes.reduce((sum, size) => sum + size, 0) === body.length);
  });
});

test("any header of an Opus or FLAC stream is read or refused", () => {
  const flac = readFileSync(new URL("../../stems/undertow/drums/dusty.flac", import.meta.url)).subarray(0, 9000);
  const opus = Uint8Array.from([...Buffer.from("OpusHead"), 1, 2, 0x38, 1, 0x80, 0xbb, 0, 0, 0, 0, 0]);
  fuzz((random) => {
    const head = attempt(() => parseMetadata(random.damaged(flac)));
    if (head) assert.ok(head.size >= 42 && head.info.channels >= 1);
    const found = attempt(() => parseOpusHead(random.damaged(opus)));
    if (found) assert.ok(found.preSkip >= 0);
  });
});
