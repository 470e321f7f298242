// A song's opening, split into pieces of its stems' files.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openingBytes, OpeningSplitter } from "../../pyodide_app/web/streaming/opening.js";

const OPENING = {
  url: "opening",
  bytes: 16,
  times: [0.2, 1, 2],
  stems: [{ url: "a", ends: [2, 5, 8] }, { url: "b", ends: [3, 3, 8] }],
};
const [A, B] = ["ABCDEFGH", "stuvwxyz"];
const INTERLEAVED = "ABstuCDEFGHvwxyz";

/** @param {string} text @param {number} size of the pieces in which it arrives */
function files(text, size) {
  const splitter = new OpeningSplitter(OPENING);
  /** @type {Record<string, string>} */
  const found = { a: "", b: "" };
  for (let start = 0; start < text.length; start += size) {
    for (const { url, offset, bytes } of splitter.push(new TextEncoder().encode(text.slice(start, start + size)))) {
      assert.equal(offset, found[url].length);
      found[url] += new TextDecoder().decode(bytes);
    }
  }
  return found;
}

test("pieces of any size give the beginnings of the stems' files", () => {
  for (let size = 1; size <= INTERLEAVED.length; size++) assert.deepEqual(files(INTERLEAVED, size), { a: A, b: B });
});

test("the beginning of an opening gives the beginnings of all stems", () => {
  assert.deepEqual(files(INTERLEAVED.slice(0, openingBytes(OPENING, 0.2)), 3), { a: "AB", b: "stu" });
  assert.deepEqual(files(INTERLEAVED.slice(0, openingBytes(OPENING, 0.7)), 3), { a: "ABCDE", b: "stu" });
});

test("no more is asked for than there is", () => {
  assert.equal(openingBytes(OPENING, 60), OPENING.bytes);
});

test("bytes after its end are an error", () => {
  assert.throws(() => files(`${INTERLEAVED}!`, 4), /too long/);
});
