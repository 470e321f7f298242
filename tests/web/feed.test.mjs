// When blocks are sent to the worklet.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Feed } from "../../pyodide_app/web/playback/feed.js";
import { BLOCK, QUEUED, REPORT, STALL } from "../../pyodide_app/web/playback/messages.js";
import { NotArrived } from "../../pyodide_app/web/streaming/stem-source.js";

const RATE = 48000;
const BLOCK_FRAMES = 2048;
const START_BLOCKS = 6; // a quarter of a second

let arrived = 0; // frames that can be rendered
/** @type {any[]} */
let sent = [];
/** @type {any} */
let port = null;
/** @type {Feed} */
let feed;

const renderer = {
  render(/** @type {number} */ frame) {
    if (frame + BLOCK_FRAMES > arrived) throw new NotArrived();
  },
  applyCommands() {},
  reapply() {},
  rebase() {},
  songFrame: (/** @type {number} */ frame) => frame,
  pendingSwaps: () => [],
  readLevels() {},
  resetLevels() {},
};

beforeEach(() => {
  [arrived, sent] = [0, []];
  port = { postMessage: (/** @type {any} */ message) => sent.push(message), close() {} };
  feed = new Feed(renderer, RATE, 0, { onApplied() {}, onPosition() {}, onEnd() {}, onStart() {} });
  feed.attach(port);
});

/** @param {number} count of blocks that have arrived in all */
function arrive(count) {
  arrived = count * BLOCK_FRAMES;
  feed.continue();
}

/** @param {number} count of blocks that have been played */
function play(count) {
  const position = count * BLOCK_FRAMES;
  port.onmessage({ data: { type: REPORT, position, contextFrame: position, playing: true, peaks: [0, 0], underruns: 0 } });
}

/** The blocks that were sent, by number. */
function blocks() {
  return sent.filter(({ type }) => type === BLOCK).map(({ frame }) => frame / BLOCK_FRAMES);
}

test("playback starts once a quarter of a second is there, and then goes on block by block", () => {
  feed.play();
  arrive(START_BLOCKS - 1);
  assert.deepEqual(blocks(), []);
  arrive(START_BLOCKS);
  assert.deepEqual(blocks(), [0, 1, 2, 3, 4, 5]);
  play(1);
  arrive(START_BLOCKS + 1);
  assert.deepEqual(blocks(), [0, 1, 2, 3, 4, 5, 6]);
});

test("after a stall it goes on once as much is there again", () => {
  feed.play();
  arrive(START_BLOCKS);
  play(START_BLOCKS);
  assert.deepEqual(sent.at(-1), { type: STALL, frame: START_BLOCKS * BLOCK_FRAMES });
  arrive(START_BLOCKS + 2);
  assert.equal(blocks().length, START_BLOCKS);
  arrive(2 * START_BLOCKS);
  assert.equal(blocks().length, 2 * START_BLOCKS);
  assert.deepEqual(sent.at(-1), { type: STALL, frame: -1 });
});

test("a change while playback waits is rendered from there on", () => {
  feed.play();
  arrive(START_BLOCKS);
  play(START_BLOCKS);
  arrive(START_BLOCKS + 2);
  feed.change([["master", 0]]);
  const { frame } = sent.at(-1);
  assert.deepEqual(blocks(), [0, 1, 2, 3, 4, 5, 6]);
  assert.equal(frame, START_BLOCKS * BLOCK_FRAMES);
  port.onmessage({ data: { type: QUEUED, frame, position: frame, end: frame + BLOCK_FRAMES } });
  arrive(2 * START_BLOCKS);
  assert.deepEqual(blocks(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test("the rest of a song can be queued at once, if it is short", () => {
  const songBlocks = 40;
  const end = songBlocks * BLOCK_FRAMES;
  renderer.songFrame = (frame) => (frame < end ? frame : -1);
  feed.play();
  arrive(100);
  assert.equal(feed.finish(), false);
  play(songBlocks - 20);
  assert.equal(feed.finish(), true);
  assert.ok(Math.max(...blocks()) >= songBlocks - 1);
  feed.close();
  renderer.songFrame = (frame) => frame;
});

test("the rest of a song whose samples have not arrived cannot be queued", () => {
  const end = 40 * BLOCK_FRAMES;
  renderer.songFrame = (frame) => (frame < end ? frame : -1);
  feed.play();
  arrive(35);
  play(25);
  assert.equal(feed.finish(), false);
  renderer.songFrame = (frame) => frame;
});
