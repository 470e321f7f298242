// The player bar's queue: its order, its position, and what another window makes of it.
import assert from "node:assert/strict";
import test from "node:test";

import { Queue } from "../../pyodide_app/web/bar/queue.js";

/** @import { Entry } from "../../pyodide_app/web/bar/queue.js" */

const TRACKS = ["songs/x/1", "songs/x/2", "stems/x/y/z"];

/** @returns {[Queue, ...Entry[]]} */
function filled() {
  const queue = new Queue();
  return [queue, ...queue.add(TRACKS)];
}

function addresses(queue) {
  return queue.entries.map(({ address }) => address);
}

/** The addresses in the order in which they are played, from the first on. */
function played(queue) {
  while (queue.previous()) queue.select(queue.previous().id);
  const order = [queue.current.address];
  while (queue.next()) {
    queue.select(queue.next().id);
    order.push(queue.current.address);
  }
  return order;
}

test("tracks are played in the order in which they were added", () => {
  const [queue, first, second, last] = filled();
  assert.equal(queue.current, first);
  assert.equal(queue.next(), second);
  assert.equal(queue.previous(), null);
  queue.select(last.id);
  assert.equal(queue.next(), null);
});

test("repeating all leads from the last track to the first", () => {
  const [queue, first, , last] = filled();
  queue.select(last.id);
  queue.repeat = "all";
  assert.equal(queue.next(), first);
});

test("repeating one holds at a track's end, not when the visitor goes on", () => {
  const [queue, , , last] = filled();
  queue.select(last.id);
  queue.repeat = "one";
  assert.equal(queue.next({ ended: true }), last);
  assert.equal(queue.next(), null);
});

test("an entry that is moved is played at its new position", () => {
  const [queue, , second, last] = filled();
  queue.select(last.id);
  queue.move(last.id, -1);
  assert.deepEqual(addresses(queue), ["songs/x/1", "stems/x/y/z", "songs/x/2"]);
  assert.equal(queue.next(), second);
});

test("a queue that was written is read with its track, time and volume", () => {
  const [queue, , , last] = filled();
  queue.select(last.id);
  queue.seconds = 7;
  queue.volume = 0.5;
  const read = Queue.parse(queue.serialize());
  assert.deepEqual(addresses(read), TRACKS);
  assert.equal(read.current.address, "stems/x/y/z");
  assert.equal(read.seconds, 7);
  assert.equal(read.volume, 0.5);
});

test("shuffling begins with the current track", () => {
  const [queue, , , last] = filled();
  queue.select(last.id);
  queue.setShuffled(true);
  assert.equal(queue.previous(), null);
  assert.notEqual(queue.next(), null);
});

test("when the current track is removed another one is current", () => {
  const [queue, , , last] = filled();
  queue.select(last.id);
  queue.setShuffled(true);
  queue.remove(last.id);
  assert.deepEqual(addresses(queue), ["songs/x/1", "songs/x/2"]);
  assert.notEqual(queue.current, null);
});

/**
 * /** A shuffled queue of another window: one new track, then two of TRACKS, the other way round.
 * @returns {[Queue, Entry]}
 */
function ofAnotherWindow() {
  const other = new Queue();
  const [first] = other.add(["songs/x/9", "songs/x/2", "songs/x/1"]);
  other.setShuffled(true);
  return [other, first];
}

test("another window's queue is adopted around the track that plays on", () => {
  const queue = new Queue();
  const [first, second] = queue.add(["songs/x/1", "songs/x/2"]);
  queue.select(second.id);
  queue.seconds = 3;
  const [other] = ofAnotherWindow();
  queue.adopt(other.serialize(), { stays: true });
  assert.deepEqual(addresses(queue), ["songs/x/9", "songs/x/2", "songs/x/1"]);
  assert.equal(queue.current, second);
  assert.equal(queue.entries[2], first);
  assert.equal(queue.seconds, 3);
});

test("another window's queue is adopted with its track and repeat, in the order shuffled here", () => {
  const queue = new Queue();
  queue.add(["songs/x/1", "songs/x/2"]);
  const [other, first] = ofAnotherWindow();
  queue.adopt(other.serialize(), { stays: true });
  const before = played(queue);
  queue.seconds = 3;
  other.repeat = "all";
  queue.adopt(other.serialize());
  assert.equal(queue.current.address, first.address);
  assert.equal(queue.seconds, 0);
  assert.equal(queue.repeat, "all");
  queue.repeat = "off";
  assert.deepEqual(played(queue), before);
});

test("nonsense under the queue's key is ignored", () => {
  for (const nonsense of ["", "nonsense", "{}", "[1]", '{"v":1,"tracks":[7]}']) {
    const [queue] = filled();
    const { current } = queue;
    queue.adopt(nonsense);
    assert.equal(queue.current, current);
  }
});

test("a queue that another window has emptied is empty", () => {
  const [queue] = filled();
  queue.adopt(null);
  assert.equal(queue.current, null);
  assert.equal(queue.next(), null);
});

test("a queue holds five hundred tracks", () => {
  const queue = new Queue();
  queue.add(Array(600).fill("songs/x/1"));
  assert.equal(queue.entries.length, 500);
});
