// Memory of the browser's Python: what a snapshot contains, and where it may be restored.
import assert from "node:assert/strict";
import { test } from "node:test";
import { changedPages, checksumOthers, growTable, linkLibrary, PAGE_BYTES, preparedFactory, restorePages } from "../../pyodide_app/web/python/memory-layout.js";

const PAGES = 6;

/** Fresh memory, and the same once Python has started in it: pages 1, 2 and 4 have changed. */
function memories() {
  const fresh = new Uint8Array(PAGES * PAGE_BYTES).map((byte, index) => index % 251);
  const started = fresh.slice();
  for (const page of [1, 2, 4]) started[(page + 1) * PAGE_BYTES - 1] ^= 255;
  return { fresh, started };
}

function snapshotOf({ fresh, started }) {
  const pages = changedPages(started, fresh);
  const content = Buffer.concat(pages.map(([first, count]) => started.subarray(first * PAGE_BYTES, (first + count) * PAGE_BYTES)));
  return { layout: { memory: started.length, table: 8, pages, checksum: checksumOthers(fresh, pages) }, content };
}

/** @returns {any} a function table */
function tableOf(length) {
  return { length, grow(by) { this.length += by; } };
}

test("changed pages are listed as ranges", () => {
  const { fresh, started } = memories();
  assert.deepEqual(changedPages(started, fresh), [[1, 2], [4, 1]]);
  assert.deepEqual(changedPages(fresh, fresh), []);
});

test("a snapshot restores memory", () => {
  const both = memories();
  const { layout, content } = snapshotOf(both);
  restorePages({ HEAPU8: both.fresh, wasmTable: tableOf(8) }, layout, content);
  assert.deepEqual(both.fresh, both.started);
});

test("a snapshot is not restored to another memory, and leaves it as it is", () => {
  const { layout, content } = snapshotOf(memories());
  const refuse = (change) => {
    const module = { HEAPU8: memories().fresh, wasmTable: tableOf(8), content };
    change(module);
    const before = module.HEAPU8.slice();
    assert.throws(() => restorePages(module, layout, module.content), /is not the snapshot's/);
    assert.deepEqual(module.HEAPU8, before);
  };
  refuse((module) => { module.HEAPU8 = new Uint8Array((PAGES + 1) * PAGE_BYTES); });
  refuse((module) => { module.HEAPU8[0] ^= 1; });
  refuse((module) => { module.HEAPU8[5 * PAGE_BYTES] ^= 1; });
  refuse((module) => { module.wasmTable = tableOf(9); });
  refuse((module) => { module.content = content.subarray(1); });
});

test("what differs in pages that are restored does not matter", () => {
  const both = memories();
  const { layout, content } = snapshotOf(both);
  both.fresh[PAGE_BYTES] ^= 1;
  restorePages({ HEAPU8: both.fresh, wasmTable: tableOf(8) }, layout, content);
  assert.deepEqual(both.fresh, both.started);
});

test("a library is linked at its place in the function table, or not at all", async () => {
  /** @type {any} */
  const module = {
    wasmTable: tableOf(5),
    LDSO: { loadedLibsByName: {} },
    loadWebAssemblyModule: async (compiled, flags, path) => ({ compiled, path, first: module.wasmTable.length }),
  };
  await linkLibrary(module, { path: "/lib/x.so", table: 7 }, "code");
  assert.deepEqual(module.LDSO.loadedLibsByName["/lib/x.so"].exports, { compiled: "code", path: "/lib/x.so", first: 7 });
  assert.throws(() => growTable(module, 6), /has 7 entries, not 6/);
});

/**
 * A module as Emscripten makes it: Pyodide assigns what restores a snapshot of its own.
 * @returns {Promise<any>}
 */
async function create(settings) {
  const module = { waiting: 0, addRunDependency() { this.waiting++; }, removeRunDependency() { this.waiting--; this.start(); } };
  const started = new Promise((resolve) => { module.start = resolve; });
  for (const run of settings.preRun) run(module);
  await started;
  settings.API.restoreSnapshot = () => "of Pyodide";
  return module;
}

function unexpected(error) {
  assert.fail(String(error));
}

/** @returns {any} */
function newSettings() {
  return { preRun: [], API: {} };
}

test("Pyodide restores what prepare returns", async () => {
  const settings = newSettings();
  /** @type {any} */
  const module = await preparedFactory(create, 65536, async () => () => ({ ours: true }), unexpected)(settings);
  assert.equal(module.waiting, 0);
  assert.equal(settings.INITIAL_MEMORY, 65536);
  assert.deepEqual(settings.API.restoreSnapshot(), { ours: true });
});

test("Pyodide's own snapshots are restored if prepare returns nothing", async () => {
  const settings = newSettings();
  await preparedFactory(create, 65536, async () => {}, unexpected)(settings);
  assert.equal(settings.API.restoreSnapshot(), "of Pyodide");
});

test("a failure to prepare is reported, and Python does not run", async () => {
  const failure = new Error("no place");
  const settings = newSettings();
  const failed = await new Promise((resolve) => {
    preparedFactory(create, 65536, async () => { throw failure; }, resolve)(settings).then(() => assert.fail());
  });
  assert.equal(failed, failure);
});
