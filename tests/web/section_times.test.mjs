// Where sections begin and end, in seconds.
import assert from "node:assert/strict";
import { test } from "node:test";
import { sectionsOf } from "../../pyodide_app/web/mixer/section-times.js";

const sections = [{ name: "Verse", bar: 1 }, { name: "Chorus", bar: 5 }, { name: "End", bar: 9 }];

test("a section ends where the next begins, the last with the song", () => {
  assert.deepEqual(sectionsOf({ sections, bar_seconds: 2, duration: 21 }), [
    { name: "Verse", start: 0, end: 8 },
    { name: "Chorus", start: 8, end: 16 },
    { name: "End", start: 16, end: 21 },
  ]);
});

test("a section that begins after the end of the sound is none", () => {
  assert.deepEqual(sectionsOf({ sections, bar_seconds: 2, duration: 16 }).map(({ name }) => name), ["Verse", "Chorus"]);
});

test("without bars there are no sections", () => {
  assert.deepEqual(sectionsOf({ sections, bar_seconds: null, duration: 16 }), []);
});
