// Stems as Python reads them: what is asked of the stream worker, and when.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RemoteStems } from "../../pyodide_app/web/playback/remote-stems.js";

const CHUNK = 4;

function opened() {
  /** @type {string[]} */
  const asked = [];
  const stems = new RemoteStems(CHUNK, (places, purpose) => asked.push(...places.map(({ key, chunk }) => `${purpose} ${key}${chunk}`)));
  stems.add("a", 400);
  stems.add("b", 400);
  stems.use("playback", ["a", "b"]);
  return { stems, asked };
}

test("what one stem needs is asked for all, the soonest first, and only once", () => {
  const { stems, asked } = opened();
  assert.equal(stems.fill("a", 0, new Float32Array(CHUNK), "playback"), false);
  assert.deepEqual(asked.slice(0, 4), ["playback a0", "playback b0", "playback a1", "playback b1"]);
  const count = asked.length;
  assert.equal(stems.fill("b", 0, new Float32Array(CHUNK), "playback"), false);
  assert.equal(asked.length, count);
});

test("a chunk that has arrived is read, as often as it is needed", () => {
  const { stems } = opened();
  stems.receive("a", 0, "playback", Float32Array.of(1, 2, 3, 4));
  for (let time = 0; time < 2; time++) {
    const target = new Float32Array(CHUNK);
    assert.equal(stems.fill("a", 0, target, "playback"), true);
    assert.deepEqual([...target], [1, 2, 3, 4]);
  }
});

test("after a seek, chunks are asked for again that the stream worker has dropped", () => {
  const { stems, asked } = opened();
  stems.fill("a", 0, new Float32Array(CHUNK), "playback");
  stems.fill("a", 50, new Float32Array(CHUNK), "playback");
  asked.length = 0;
  stems.fill("a", 0, new Float32Array(CHUNK), "playback");
  assert.ok(asked.includes("playback a0"));
});

test("an offline render reads at a place of its own", () => {
  const { stems, asked } = opened();
  stems.use("offline", ["a"]);
  assert.equal(stems.have(0, 1, "offline"), false);
  stems.receive("a", 0, "offline", new Float32Array(CHUNK));
  stems.receive("a", 1, "offline", new Float32Array(CHUNK));
  assert.equal(stems.have(0, 1, "offline"), true);
  assert.equal(stems.fill("a", 0, new Float32Array(CHUNK), "playback"), false);
  assert.ok(!asked.some((place) => place.startsWith("offline b")));
});

test("a stem that is missing, and the end of a short one, are silent and awaited by nobody", () => {
  const { stems } = opened();
  stems.fail("b");
  const target = Float32Array.of(1, 1, 1, 1);
  assert.equal(stems.fill("b", 3, target, "playback"), true);
  assert.deepEqual([...target], [0, 0, 0, 0]);
  assert.equal(stems.fill("a", 100, target, "playback"), true);
  stems.use("offline", ["b"]);
  assert.equal(stems.have(0, 5, "offline"), true);
});
