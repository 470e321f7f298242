// What a level meter shows between the peaks that are reported to it.
import assert from "node:assert/strict";
import test from "node:test";

import { Level } from "../../pyodide_app/web/meters/level.js";

test("a peak is shown with the next frame, and held", () => {
  const level = new Level();
  level.report(0.8, 1000);
  assert.equal(level.step(1010), false, "until something else is reported");
  assert.deepEqual([level.shown, level.held], [0.8, 0.8]);
  level.report(0.1, 1050);
  assert.equal(level.step(1060), true);
  assert.equal(level.held, 0.8);
});

test("a level that stays is shown as it is, however late its next report", () => {
  const level = new Level();
  level.report(0.5, 1000);
  for (const now of [1010, 1043, 1400]) level.step(now);
  assert.equal(level.shown, 0.5);
});

test("a level falls by twice the meter's length in a second", () => {
  const level = new Level();
  level.report(1, 1000);
  level.step(1000);
  level.report(0, 1040);
  level.step(1100);
  assert.ok(Math.abs(level.shown - 0.8) < 1e-9, String(level.shown));
  level.step(2000);
  assert.equal(level.shown, 0);
});

test("of several peaks between two frames the highest is shown", () => {
  const level = new Level();
  for (const share of [0.2, 0.9, 0.1]) level.report(share, 1000);
  level.step(1030);
  assert.equal(level.shown, 0.9);
});

test("the mark stays for a second and a half, then comes down to the level", () => {
  const level = new Level();
  level.report(0.9, 1000);
  level.step(1000);
  level.report(0.3, 1100);
  assert.equal(level.step(2499), true);
  assert.equal(level.held, 0.9);
  assert.equal(level.step(2501), false, "nothing moves any more");
  assert.equal(level.held, 0.3);
});

test("a meter in silence does not move", () => {
  const level = new Level();
  level.report(0, 1000);
  assert.equal(level.step(1030), false);
  assert.deepEqual([level.shown, level.held], [0, 0]);
});
