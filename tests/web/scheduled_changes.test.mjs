// Stem changes at frames of the song: when stems are loaded, chosen, and still needed.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { MixSettings } from "../../pyodide_app/web/playback/mix-settings.js";
import { ScheduledChanges } from "../../pyodide_app/web/playback/scheduled-changes.js";

const RATE = 1000;
/** @type {any} */
const song = {
  rate: RATE, frames: 100 * RATE,
  layers: [{ slug: "drums", stems: ["a", "b", "c"].map((slug) => ({ slug, channels: 2, audio: {} })), empty: 1 }],
};
/** @type {MixSettings} */
let settings;
/** @type {ScheduledChanges} */
let changes;

beforeEach(() => {
  settings = new MixSettings(song, [{ stem: "a", volume: 0, pan: 0, mute: false, solo: false }], () => "open", 0);
  changes = new ScheduledChanges(settings);
  changes.set([{ frame: 40_000, row: 0, stem: "c" }, { frame: 20_000, row: 0, stem: "b" }]);
});

/** @param {number} seconds */
function at(seconds) {
  settings.frame = seconds * RATE;
}

function loaded() {
  return changes.load().map(({ key }) => key);
}

test("a stem is loaded some seconds before its change, once", () => {
  at(11);
  assert.deepEqual(loaded(), []);
  at(12);
  assert.deepEqual(loaded(), ["drums/b"]);
  assert.deepEqual(loaded(), []);
});

test("it is chosen a second before, and waits for its frame", () => {
  at(18.9);
  assert.deepEqual(changes.choose(), []);
  at(19);
  assert.deepEqual(changes.choose().map(({ stem }) => stem), ["b"]);
  assert.equal(settings.rows[0].stem, "b");
  assert.equal(changes.dueOf(0), 20_000);
  assert.deepEqual(changes.choose(), []);
  at(20);
  assert.equal(changes.dueOf(0), undefined);
});

test("both stems are needed until the change", () => {
  at(11);
  assert.equal(changes.needs("drums/b"), false);
  at(13);
  assert.equal(changes.needs("drums/b"), true);
  at(19);
  changes.choose();
  assert.equal(changes.needs("drums/a"), true);
  at(20.1);
  assert.equal(changes.needs("drums/a"), false);
});

test("Python takes over only while no change is near", () => {
  at(16);
  assert.equal(changes.isCalm, true);
  at(17);
  assert.equal(changes.isCalm, false);
  at(19);
  changes.choose();
  assert.equal(changes.isCalm, false);
  at(21);
  assert.equal(changes.isCalm, true);
});

test("changes that have been passed are made at once, in their order", () => {
  at(50);
  assert.deepEqual(changes.choose().map(({ stem }) => stem), ["b", "c"]);
  assert.equal(settings.rows[0].stem, "c");
  assert.equal(changes.dueOf(0), undefined);
});

test("a layer that is left out needs no stem", () => {
  changes.set([{ frame: 20_000, row: 0, stem: "" }]);
  at(15);
  assert.deepEqual(loaded(), []);
  at(19);
  changes.choose();
  assert.equal(settings.part(0).key, null);
});
