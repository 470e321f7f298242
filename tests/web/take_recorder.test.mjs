// Takes are recorded at the frames at which the decks apply commands, whichever deck is heard.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { TakeRecorder } from "../../pyodide_app/web/playback/take-recorder.js";
import { CONTROLS } from "../../pyodide_app/web/takes/format.js";

const { stem, stemOnBar, mute, solo, volume, master, seek, loop } = CONTROLS;
const SONG = /** @type {any} */ ({
  slug: "one", rate: 48000, frames: 480_000,
  layers: [{ slug: "drums", stems: [] }, { slug: "bass", stems: [] }],
});

/** @type {any} */
let take;
/** @type {TakeRecorder} */
let recorder;

beforeEach(() => {
  take = undefined;
  recorder = new TakeRecorder(SONG, (_row, key) => key?.split("/")[1] ?? "", (recorded) => (take = recorded));
});

/** @param {string} deck @param {number} frame @param {any[]} commands @param {object} [rest] */
function apply(deck, frame, commands, rest) {
  recorder.note(/** @type {any} */ (deck), { frame, songFrame: frame, commands, isReset: false, ...rest });
}

/** @param {string} deck @param {number} frame @param {object} [rest] */
function place(deck, frame, rest) {
  const position = { frame, contextFrame: frame, songFrame: frame, playing: true, waiting: [], ...rest };
  recorder.follow(/** @type {any} */ (deck), /** @type {any} */ (position));
}

const SET_UP = [["place", 0, "drums/live"], ["place", 1, "bass/synth"], ["adjust", 0, 0, 0, false, false], ["adjust", 1, -3.5, 0.25, false, true], ["master", 0], ["loop"]];

/** @param {string} deck */
function start(deck) {
  apply(deck, 0, SET_UP, { isReset: true });
  apply(deck, 0, [], { isReset: true });
  recorder.change(/** @type {any} */ (deck), true, true);
}

function moves() {
  return take.moves.map((/** @type {any} */ { frame, control, row, value, end }) => [frame, control, row, value, end]);
}

test("a take that was asked for before Play begins with the first frame", () => {
  recorder.start();
  start("python");
  apply("python", 900, [["adjust", 0, -6.5, 0, true, false]]);
  place("python", 2000);
  place("python", 5000);
  recorder.finish();
  assert.deepEqual(moves(), [[900, mute, 0, 1, 0], [900, volume, 0, -650, 0]]);
  assert.deepEqual([take.position, take.length], [0, 5000]);
  assert.deepEqual(take.layers, [{ slug: "drums", stems: ["live"] }, { slug: "bass", stems: ["synth"] }]);
  assert.deepEqual(take.rows[1], { stem: 1, volume: -350, pan: 250_000, mute: false, solo: true });
});

test("a take that is asked for while something plays begins there, with what is ahead as its first moves", () => {
  start("python");
  apply("python", 1000, [["master", -6]]);
  apply("python", 2400, [["adjust", 0, 0, 0, true, false]]);
  place("python", 2000);
  recorder.start();
  apply("python", 3000, [["place", 0, "drums/tape"], ["locate", 100]]);
  place("python", 4000);
  recorder.finish();
  assert.equal(take.master, -600);
  assert.equal(take.position, 2000);
  assert.deepEqual(moves(), [[400, mute, 0, 1, 0], [1000, stem, 0, 2, 0], [1000, seek, 0, 100, 0]]);
});

test("a swap that waits for the bar when a take begins is its first move", () => {
  start("python");
  apply("python", 500, [["place", 1, "bass/slap", "bar"]]);
  place("python", 1000, { waiting: [1] });
  recorder.start();
  place("python", 3000, { waiting: [1] });
  recorder.finish();
  assert.deepEqual(moves(), [[1, stemOnBar, 1, 2, 0]]);
  assert.deepEqual(take.layers[1].stems, ["synth", "slap"]);
  assert.equal(take.rows[1].stem, 1);
});

test("what changes nothing is no move", () => {
  recorder.start();
  start("python");
  place("python", 100);
  apply("python", 600, [["place", 0, "drums/live"], ["adjust", 1, -3.5, 0.25, false, true], ["master", 0], ["loop"]]);
  apply("python", 700, [["loop", 10, 20]]);
  apply("python", 800, [["loop", 10, 20]]);
  recorder.finish();
  assert.deepEqual(moves(), [[700, loop, 0, 10, 20]]);
});

test("across the handover frames go on, and what Python plays from its first frame on counts", () => {
  recorder.start();
  start("first");
  place("first", 1000, { contextFrame: 51_000 });
  apply("first", 1500, [["master", -1]]);
  apply("python", 0, SET_UP, { isReset: true });
  apply("python", 0, [["master", -1]], { isReset: true });
  apply("python", 0, [], { isReset: true, songFrame: 5000 });
  apply("first", 4000, [["adjust", 0, 0, 0, true, false]]); // heard until Python is
  apply("python", 300, [["adjust", 0, 0, 0, true, false]]);
  place("first", 4500, { contextFrame: 54_500 });
  place("python", 100, { contextFrame: 55_100 });
  recorder.change("python", true, true);
  place("first", 5200, { contextFrame: 99_000 }); // it fades out
  place("python", 1000, { contextFrame: 56_000 });
  apply("python", 2000, [["master", -2]]);
  place("python", 3000, { contextFrame: 58_000 });
  recorder.finish();
  assert.deepEqual(moves(), [
    [1500, master, 0, -100, 0], [4000, mute, 0, 1, 0], [5000, mute, 0, 0, 0], [5300, mute, 0, 1, 0], [7000, master, 0, -200, 0],
  ]);
  assert.equal(take.length, 8000);
});

test("while playback is stalled no frame of the take passes", () => {
  recorder.start();
  start("python");
  place("python", 1000);
  place("python", 1000, { contextFrame: 99_000, isStalled: true });
  apply("python", 1600, [["master", -1]]);
  place("python", 2000, { contextFrame: 100_000 });
  recorder.finish();
  assert.deepEqual([moves()[0][0], take.length], [1600, 2000]);
});

test("a take ends with the mark, after all that was done before and is heard later", () => {
  recorder.start();
  start("python");
  place("python", 3000);
  recorder.finishAtMark();
  assert.equal(take, undefined);
  apply("python", 3500, [["adjust", 0, 0, 0, true, false]]);
  apply("python", 3600, [["adjust", 0, 0, 0, true, true], ["mark"]]);
  assert.deepEqual(moves(), [[3500, mute, 0, 1, 0], [3600, solo, 0, 1, 0]]);
  assert.equal(take.length, 3600);
});

test("a pause ends the take", () => {
  recorder.start();
  start("python");
  place("python", 3000);
  recorder.change("python", false, false);
  assert.equal(take.length, 3000);
  assert.equal(recorder.isOn, false);
});

test("the end of the song is the end of the take, to the frame", () => {
  recorder.start();
  start("python");
  place("python", 479_000);
  place("python", 480_700, { songFrame: -1 });
  recorder.reachEnd();
  assert.equal(take.length, 480_000);
});

test("of a deck that plays nodes the end of the song is counted from where it was", () => {
  recorder.start();
  start("first");
  place("first", 70_000, { songFrame: 470_000 });
  recorder.reachEnd();
  assert.equal(take.length, 80_000);
});

test("if nothing was played there is no take", () => {
  recorder.start();
  recorder.finish();
  assert.equal(take, null);
});

test("changes of gain that a browser makes sooner than it seeks are put in order", () => {
  recorder.start();
  start("first");
  place("first", 100);
  apply("first", 3000, [["locate", 5]]);
  apply("first", 2000, [["master", -1]]);
  recorder.finish();
  assert.deepEqual(moves().map(([frame]) => frame), [2000, 3000]);
});
