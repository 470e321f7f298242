// Compressed packets as they arrive: what is there, and what is forgotten.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PacketStore } from "../../pyodide_app/web/codecs/packets.js";

/** @param {number} first @param {number} count of packets of ten frames and one byte */
function run(first, count) {
  const starts = Array.from({ length: count + 1 }, (_zero, nth) => 10 * (first + nth));
  return { starts, offsets: starts.map((_start, nth) => nth), body: Uint8Array.from({ length: count }, (_zero, nth) => first + nth) };
}

/** @param {number[][]} runs */
function stored(...runs) {
  const store = new PacketStore();
  for (const [first, count] of runs) store.add(run(first, count));
  return store;
}

test("a packet is found by any of the frames that it covers", () => {
  const store = stored([5, 3], [0, 2]);
  assert.deepEqual(store.at(0), { start: 0, end: 10, bytes: Uint8Array.of(0) });
  assert.deepEqual(store.at(19), { start: 10, end: 20, bytes: Uint8Array.of(1) });
  assert.equal(store.at(20), null);
  assert.deepEqual(store.at(65), { start: 60, end: 70, bytes: Uint8Array.of(6) });
  assert.equal(store.at(80), null);
});

test("frames have arrived up to the first gap", () => {
  const store = stored([5, 3], [0, 2], [2, 2]);
  assert.equal(store.arrivedUntil(0), 40);
  assert.equal(store.arrivedUntil(45), 45);
  assert.equal(store.arrivedUntil(55), 80);
  store.add(run(4, 1));
  assert.equal(store.arrivedUntil(3), 80);
});

test("runs may overlap, and one that is there already is not kept twice", () => {
  const store = stored([0, 4], [2, 4], [0, 4]);
  assert.equal(store.bytes, 8);
  assert.equal(store.arrivedUntil(0), 60);
  assert.equal(store.at(55)?.bytes[0], 5);
});

test("what lies outside of all ranges is forgotten, and can arrive again", () => {
  const store = stored([0, 1], [1, 1], [2, 1], [3, 1], [8, 1]);
  store.keepOnly([[10, 25], [85, 90]]);
  assert.equal(store.bytes, 3);
  assert.equal(store.at(5), null);
  assert.equal(store.arrivedUntil(10), 30);
  assert.notEqual(store.at(85), null);
  store.add(run(0, 1));
  assert.equal(store.arrivedUntil(0), 30);
});
