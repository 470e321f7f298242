// Which requests bring the stems of a song, from hosts with and without ranges.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { StemLoader } from "../../pyodide_app/web/streaming/stem-loader.js";

const SECONDS = 100; // of every stem, 10 bytes a second
const BYTES = 10 * SECONDS;
const STEMS = ["a", "b", "c"];
const ROOT = "https://host/";
const TIMES = [1, 2, 3, 4, 5, 6];
const OPENING = {
  url: `${ROOT}opening`,
  bytes: 180,
  times: TIMES,
  stems: STEMS.map((name) => ({ url: ROOT + name, ends: TIMES.map((time) => 10 * time) })),
};

/** @type {Map<string, Uint8Array>} */
const contents = new Map(STEMS.map((name, nth) => [name, Uint8Array.from({ length: BYTES }, (_zero, byte) => (7 * nth + byte) % 251)]));
const parts = TIMES.flatMap((time) => STEMS.map((name) => contents.get(name)?.slice(10 * time - 10, 10 * time) ?? new Uint8Array()));
const opening = Uint8Array.from(parts.flatMap((part) => [...part]));

/** @type {string[]} */
let requests = [];
/** @type {{ hasRanges: boolean, missing: string[], cut: Record<string, number>, hasSizes: boolean, pages: string[] }} */
let host = { hasRanges: true, missing: [], cut: {}, hasSizes: true, pages: [] };

globalThis.fetch = async (url, { headers = {} } = {}) => {
  const name = String(url).slice(ROOT.length);
  const range = /** @type {Record<string, string>} */ (headers).Range;
  requests.push(range ? `${name} ${range}` : name);
  const content = name === "opening" ? opening : contents.get(name);
  if (host.pages.includes(name)) return new Response("<!doctype html>", { headers: { "Content-Type": "text/html; charset=utf-8" } });
  if (!content || host.missing.includes(name)) return new Response(null, { status: 404 });
  const there = content.slice(0, host.cut[name]);
  /** @param {Record<string, string>} stated */
  const sizes = (stated) => (host.hasSizes ? stated : {});
  if (!range || !host.hasRanges) return new Response(new Uint8Array(there), { headers: sizes({ "Content-Length": String(there.length) }) });
  const [from, to] = range.slice("bytes=".length).split("-").map(Number);
  if (from >= there.length) return new Response(null, { status: 416 });
  const stated = { "Content-Range": `bytes ${from}-${Math.min(to + 1, there.length) - 1}/${there.length}` };
  return new Response(new Uint8Array(there.slice(from, to + 1)), { status: 206, headers: sizes(stated) });
};

beforeEach(() => {
  requests = [];
  host = { hasRanges: true, missing: [], cut: {}, hasSizes: true, pages: [] };
});

/** @param {string} name */
function stemFile(name) {
  const received = new Uint8Array(BYTES);
  let end = 0;
  return {
    received,
    get end() {
      return end;
    },
    url: new URL(ROOT + name),
    bytes: BYTES,
    seconds: SECONDS,
    most: () => 60,
    arrivedUntil: () => (end === BYTES ? Infinity : end / 10),
    offsetOf: (/** @type {number} */ playhead) => Math.max(0, 10 * Math.floor(playhead - 1)),
    receive(/** @type {number} */ offset, /** @type {Uint8Array} */ bytes) {
      received.set(bytes, offset);
      if (offset <= end) end = Math.max(end, offset + bytes.length);
    },
  };
}

/**
 * Load stems until so many seconds of all have arrived; returns their files.
 * @param {string[]} names @param {number} seconds
 */
async function load(names, seconds) {
  const files = new Map(names.map((name) => [name, stemFile(name)]));
  /** @type {string[]} */
  const failed = [];
  await new Promise((resolve) => {
    const loader = new StemLoader({
      onArrived() {
        if ([...files.values()].some(({ end }) => end < 10 * seconds)) return;
        loader.close();
        resolve(null);
      },
      onFailed: (key) => failed.push(key),
    });
    loader.add(files, OPENING);
  });
  for (const [name, { received, end }] of files) assert.deepEqual(received.slice(0, end), contents.get(name)?.slice(0, end));
  assert.deepEqual(failed, []);
}

/**
 * Load all stems until one of them fails; returns which, and why.
 * @returns {Promise<[key: string, message: string]>}
 */
function loadUntilOneFails() {
  const files = new Map(STEMS.map((name) => [name, stemFile(name)]));
  return new Promise((resolve) => {
    const loader = new StemLoader({
      onArrived: () => loader.follow(Math.min(...[...files.values()].map(({ end }) => end / 10))),
      onFailed: (key, { message }) => (loader.remove(key), resolve([key, message]), setTimeout(() => loader.close())),
    });
    loader.add(files, null);
  });
}

test("the opening comes first, in one request", async () => {
  await load(STEMS, 4);
  assert.deepEqual(requests, ["opening bytes=0-119"]);
});

test("after the opening the stems' files are read on", async () => {
  await load(STEMS, 8);
  assert.deepEqual(requests.slice(0, 4), ["opening bytes=0-119", "a bytes=40-79", "b bytes=40-79", "c bytes=40-79"]);
});

test("a host without ranges sends all of the opening, then whole files", async () => {
  host.hasRanges = false;
  await load(STEMS, SECONDS);
  assert.deepEqual(requests, ["opening bytes=0-119", ...STEMS]);
});

test("without an opening the stems' own files are fetched", async () => {
  host.missing = ["opening"];
  await load(STEMS, 1);
  assert.deepEqual(requests, ["opening bytes=0-119", "a bytes=0-9", "b bytes=0-9", "c bytes=0-9"]);
});

test("an opening with few of the stems that are wanted is not fetched", async () => {
  await load(["a"], 1);
  assert.deepEqual(requests, ["a bytes=0-9"]);
});

for (const hasRanges of [true, false]) {
  for (const hasSizes of [true, false]) {
    const kind = `a host ${hasRanges ? "with" : "without"} ranges that states ${hasSizes ? "sizes" : "no sizes"}`;
    test(`half a file from ${kind} is named, and the others come`, async () => {
      host = { ...host, hasRanges, hasSizes, missing: ["opening"], cut: { b: BYTES / 2 } };
      assert.deepEqual(await loadUntilOneFails(), ["b", "the file is incomplete"]);
    });
  }
}

test("a web page in the place of a stem is no sound, and no host without ranges", async () => {
  host.pages = ["b", "opening"];
  assert.deepEqual(await loadUntilOneFails(), ["b", "a web page was sent in its place"]);
  assert.ok(requests.filter((request) => request.startsWith("a ")).every((request) => request.includes("bytes=")));
});

test("what an aborted request still brings is not received", async () => {
  const ordinary = globalThis.fetch;
  let release = () => {};
  const late = new Promise((resolve) => (release = () => resolve(null)));
  globalThis.fetch = async (_url, { headers = {} } = {}) => {
    const [from, to] = /** @type {Record<string, string>} */ (headers).Range.slice("bytes=".length).split("-").map(Number);
    const body = new ReadableStream({
      async start(controller) {
        controller.enqueue(new Uint8Array(1));
        if (from === 0) await late;
        controller.enqueue(new Uint8Array(to - from));
        controller.close();
      },
    });
    return new Response(body, { status: 206, headers: { "Content-Range": `bytes ${from}-${to}/${BYTES}` } });
  };
  /** @type {number[]} */
  const offsets = [];
  const file = { ...stemFile("a"), arrivedUntil: (/** @type {number} */ playhead) => (offsets.includes(791) ? Infinity : playhead), receive: (/** @type {number} */ offset) => void offsets.push(offset) };
  try {
    await new Promise((resolve) => {
      const loader = new StemLoader({
        onArrived() {
          if (offsets.length === 1) queueMicrotask(() => loader.follow(80));
          if (offsets.includes(791)) setTimeout(() => (loader.close(), resolve(null)));
          if (offsets.includes(790)) release();
        },
        onFailed: (_key, error) => assert.fail(error),
      });
      loader.add(new Map([["a", file]]), null);
    });
    assert.deepEqual(offsets.slice(0, 3), [0, 790, 791]);
    assert.ok(!offsets.includes(1));
  } finally {
    globalThis.fetch = ordinary;
  }
});
