// The player: play, pause and choose in quick succession, workers that die, interruptions.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { breakProcessor, Context, fail, FakeWorker, hold, installBrowser, mend, release, reset, sounding } from "../support/fake_browser.mjs";

installBrowser();
const { Player, resumeAudio } = await import("../../pyodide_app/web/playback/player.js");

const RATE = 48000;

/** @param {number} seconds @param {string} type of the files @param {number[]} [starts] where to read them from */
function song(seconds, type, starts) {
  const stem = (layer, slug) => ({ slug, name: slug, channels: 2, audio: { url: `audio/${layer}-${slug}`, type, bytes: 4, starts } });
  return /** @type {any} */ ({
    title: "Song", tags: { title: "Song" }, rate: RATE, frames: seconds * RATE, bars: 4, bpm: 120,
    layers: ["drums", "bass"].map((slug) => ({ slug, stems: [stem(slug, "a"), stem(slug, "b"), stem(slug, "c")] })),
  });
}

const SHORT = song(100, "audio/flac"); // decoded at once
const LONG = song(1000, "audio/ogg; codecs=opus"); // streamed
const LOSSLESS = { ...SHORT, lossless: { rate: 44100, frames: 100 * 44100 } };
/** @type {InstanceType<typeof Player>} */
let player;
let states;
let failures;
let frames;

function open(which = SHORT) {
  const row = () => ({ stem: "a", volume: 0, pan: 0, mute: false, solo: false });
  player = new Player(which, "./", [row(), row()]);
  const { signal } = new AbortController();
  [states, failures, frames] = [[], [], []];
  player.on("state", ({ state }) => states.push(state), { signal });
  player.on("stem-failed", (failure) => failures.push(failure), { signal });
  player.on("position", ({ seconds }) => frames.push(seconds), { signal });
}

/** Wait until something is so. */
async function until(isSo) {
  const end = performance.now() + 10_000;
  while (!isSo()) {
    assert.ok(performance.now() < end, `${isSo} (${player.state}, ${player.engine}, ${sounding()})`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Let everything happen that can happen now. */
async function settle() {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve));
}

const isMixedBy = (engine) => () => player.state === "playing" && player.engine === engine;

async function playByPython() {
  player.play();
  await until(isMixedBy("python"));
}

/** Play, and go no further than the first deck. */
async function playFirst() {
  hold("python open");
  player.play();
  await until(() => player.state === "playing");
}

beforeEach(() => open());

afterEach(async () => {
  player.close();
  reset();
  await settle();
  assert.equal(player.state, "idle");
  assert.deepEqual(sounding(), []);
});

test("the browser's deck plays until Python takes over", async () => {
  await playFirst();
  assert.deepEqual([player.engine, sounding()], ["browser", ["browser"]]);
  release();
  await until(isMixedBy("python"));
  assert.deepEqual([sounding(), states], [["python"], ["loading", "playing", "playing"]]);
});

test("a long song is streamed until Python takes over", async () => {
  open(LONG);
  await playFirst();
  assert.deepEqual(sounding(), ["stream"]);
  release();
  await until(isMixedBy("python"));
  assert.deepEqual(sounding(), ["python"]);
});

test("a song is streamed where its files say where to read them from, however little memory it would take", async () => {
  open(song(100, "audio/ogg; codecs=opus", [0, 4]));
  await playFirst();
  assert.deepEqual([sounding(), player.stats.bytes < 4 * 2 * 100 * RATE], [["stream"], true]);
});

test("a short song is decoded at once", async () => {
  open(song(50, "audio/ogg; codecs=opus"));
  await playFirst();
  assert.deepEqual(sounding(), ["browser"]);
});

test("Play pressed twice while stems are loaded plays once", async () => {
  hold("drums-a");
  hold("python open");
  player.play();
  player.play();
  await settle();
  assert.deepEqual([player.state, sounding()], ["loading", []]);
  player.play();
  release("drums-a");
  await until(() => player.state === "playing");
  await settle();
  assert.deepEqual(states, ["loading", "playing"]);
  player.pause();
  assert.deepEqual(sounding(), []);
});

test("after Play, a stem that has not come, and Pause, nothing sounds when it comes", async () => {
  hold("drums-b");
  player.play();
  player.choose(0, "b");
  player.pause();
  assert.equal(player.state, "paused");
  release();
  await settle();
  assert.deepEqual([player.state, sounding()], ["paused", []]);
});

test("Ready, a new stem, Play and Pause: paused, and the next Play plays the new stem", async () => {
  hold("drums-b");
  await player.prepare();
  assert.equal(player.state, "ready");
  player.choose(0, "b");
  player.play();
  player.pause();
  await settle();
  assert.deepEqual([player.state, sounding()], ["paused", []]);
  release();
  await playByPython();
  await until(() => FakeWorker.get("python").commands.some(([name, row, key]) => name === "place" && row === 0 && key === "drums/b"));
});

test("a new stem that never comes keeps nobody from choosing another, before the first sound", async () => {
  hold("drums-b");
  player.choose(0, "b");
  player.play();
  await settle();
  assert.equal(player.state, "loading");
  player.choose(0, "a");
  await until(isMixedBy("python"));
});

test("Pause while a deck starts is obeyed", async () => {
  open(LONG);
  hold("stream play");
  player.play();
  await until(() => sounding().includes("stream"));
  player.pause();
  assert.deepEqual(sounding(), []);
  release();
  await settle();
  assert.deepEqual([player.state, sounding()], ["paused", []]);
});

test("Pause during the handover leaves one deck, and the next Play completes it", async () => {
  hold("python scheduled");
  player.play();
  await until(() => FakeWorker.get("python")?.commands.filter(([name]) => name === "locate").length > 2);
  player.pause();
  await settle();
  assert.deepEqual([player.state, player.engine, sounding()], ["paused", "browser", []]);
  release();
  await settle();
  FakeWorker.get("python").isPlaying = false; // its worklet was told to pause after it had been scheduled
  player.play();
  await until(isMixedBy("python"));
  assert.deepEqual(sounding(), ["python"]);
});

test("a worker that dies while Python takes over leaves the first deck playing, and starts again", async () => {
  hold("python scheduled");
  player.play();
  await until(() => FakeWorker.get("python")?.commands.filter(([name]) => name === "locate").length > 2);
  const dead = FakeWorker.get("python");
  dead.crash();
  await settle();
  assert.deepEqual([player.state, player.engine, sounding()], ["playing", "browser", ["browser"]]);
  release();
  await until(isMixedBy("python"));
  assert.notEqual(FakeWorker.get("python"), dead);
});

test("a worker that dies while Python plays is replaced by the first deck at the same place, then by another", async () => {
  await playByPython();
  FakeWorker.get("python").songFrame = 3 * RATE;
  FakeWorker.get("python").report();
  hold("python open");
  FakeWorker.get("python").crash();
  await until(isMixedBy("browser"));
  assert.equal(Math.floor(frames.at(-1)), 3);
  release();
  await until(isMixedBy("python"));
});

test("a worker that failed is started again by the next press of Play", async () => {
  fail("python open");
  player.play();
  await until(() => player.refusal !== "");
  await until(isMixedBy("browser"));
  assert.equal(player.refusal, "no open");
  await assert.rejects(player.loudness(), { message: "no open" });
  mend("python open");
  player.pause();
  await playByPython();
  assert.equal(player.refusal, "");
});

test("a worker that could not be loaded is started again by the next press of Play", async () => {
  hold("python open");
  FakeWorker.get("python").crash(); // it was there for the songs before
  player.play();
  await until(() => FakeWorker.get("python"));
  FakeWorker.get("python").crash("no such module");
  await until(() => player.refusal !== "");
  release();
  await playByPython();
});

test("a processor that throws is replaced like a worker that dies", async () => {
  await playByPython();
  hold("python open");
  breakProcessor();
  await until(isMixedBy("browser"));
  await until(() => String(sounding()) === "browser");
  release();
  await until(isMixedBy("python"));
});

test("a stream worker that dies is started again, with Python; then playback fails, and can be tried again", async () => {
  open(LONG);
  await playByPython();
  FakeWorker.get("stream").crash();
  assert.equal(player.state, "loading");
  await until(isMixedBy("python"));
  FakeWorker.get("stream").crash();
  assert.equal(player.state, "failed");
  await settle();
  assert.deepEqual(sounding(), []);
  await playByPython();
});

test("an export whose stems come no more fails, and the next one works", async () => {
  open(LONG);
  hold("python bounce");
  const exported = player.export(16, {});
  await until(() => FakeWorker.get("python")?.asked.includes("bounce"));
  FakeWorker.get("stream").crash();
  await assert.rejects(exported, { message: "out of luck" });
  release();
  await player.export(16, {});
});

test("another song ends an export, and leaves the stems of the other alone", async () => {
  hold("python bounce");
  const exported = player.export(16, {});
  await until(() => FakeWorker.get("python")?.asked.includes("bounce"));
  const before = FakeWorker.get("python").asked.length;
  open();
  const opened = player.prepare();
  await assert.rejects(exported, { message: "another song has been chosen" });
  release();
  await opened;
  assert.ok(!FakeWorker.get("python").asked.slice(before).includes("unload"));
});

test("another song ends an export of lossless stems, and their worker", async () => {
  open(LOSSLESS);
  hold("python bounce");
  const exported = player.export(16, {});
  await until(() => FakeWorker.get("python")?.asked.includes("bounce"));
  const decoder = FakeWorker.get("stream");
  assert.deepEqual(decoder.asked.slice(0, 3), ["open", "load", "link"]);
  open();
  const opened = player.prepare();
  await assert.rejects(exported, { message: "another song has been chosen" });
  assert.ok(FakeWorker.get("python").asked.includes("cancel"));
  release();
  await opened;
  await until(() => decoder.isDead);
});

test("a stem that cannot be had fails a song that is decoded at once, until it can", async () => {
  fail("drums-a");
  player.play();
  await until(() => player.state === "failed");
  mend("drums-a");
  await playByPython();
});

test("a swap that fails keeps the stem that is heard", async () => {
  await playByPython();
  fail("drums-b");
  player.choose(0, "b");
  await until(() => failures.length);
  assert.deepEqual(failures.map(({ row, stem, kept }) => ({ row, stem, kept })), [{ row: 0, stem: "b", kept: "a" }]);
  assert.deepEqual([player.state, sounding()], ["playing", ["python"]]);
});

test("of stems chosen in quick succession the last one is heard, whichever comes first", async () => {
  await playByPython();
  const { commands } = FakeWorker.get("python");
  hold("drums-b");
  player.choose(0, "b");
  player.choose(0, "c");
  await until(() => commands.some(([name, , key]) => name === "place" && key === "drums/c"));
  release();
  await settle();
  assert.ok(!commands.some(([name, , key]) => name === "place" && key === "drums/b"));
});

test("a swap during Python's start is heard from Python, too", async () => {
  await playFirst();
  hold("drums-b");
  player.choose(0, "b");
  release("python open");
  await until(isMixedBy("python"));
  release();
  await until(() => FakeWorker.get("python").commands.some(([name, , key]) => name === "place" && key === "drums/b"));
  assert.ok(FakeWorker.get("python").asked.includes("load drums/b"));
});

test("a stem chosen while a deck starts is what it starts with", async () => {
  open(LONG);
  hold("stream play");
  player.play();
  await until(() => FakeWorker.get("stream")?.asked.includes("play"));
  player.choose(0, "b");
  release();
  await until(() => player.state === "playing");
  assert.equal(FakeWorker.get("stream").commands.findLast(([name, row]) => name === "place" && row === 0)[2], "drums/b");
});

test("a seek during the crossfade leaves one deck, and Python takes over later", async () => {
  player.play();
  await until(() => player.engine === "browser" && FakeWorker.get("python")?.isPlaying);
  player.seek(5);
  assert.deepEqual([sounding(), FakeWorker.get("python").isPlaying], [["browser"], false]);
  await until(isMixedBy("python"));
});

test("an interruption pauses, keeps the position, and one press goes on", async () => {
  await playByPython();
  FakeWorker.get("python").songFrame = 3 * RATE;
  FakeWorker.get("python").report();
  Context.latest.become("interrupted");
  assert.deepEqual([player.state, sounding(), Math.floor(frames.at(-1))], ["paused", [], 3]);
  player.play();
  await until(isMixedBy("python"));
  assert.equal(Context.latest.state, "running");
  await Context.latest.suspend(); // by the browser: nobody here has asked for it
  assert.equal(player.state, "paused");
});

test("when the context is taken away the song pauses, and plays in another from the same place", async () => {
  await playByPython();
  FakeWorker.get("python").songFrame = 3 * RATE;
  FakeWorker.get("python").report();
  resumeAudio(44100); // for another song, which does not come after all
  await until(() => player.state === "paused");
  await playByPython();
  assert.equal(Context.latest.sampleRate, RATE);
  assert.deepEqual(sounding(), ["python"]);
  assert.ok(FakeWorker.get("python").commands.some(([name, frame]) => name === "locate" && frame === 3 * RATE));
});

test("an iPhone's silent switch does not mute music", async () => {
  await playFirst();
  assert.equal(/** @type {any} */ (navigator).audioSession.type, "playback");
});

test("another song's player ends this one, wherever it is", async () => {
  hold("drums-a");
  player.play();
  const before = player;
  open();
  player.play();
  assert.equal(before.state, "idle");
  release();
  await until(isMixedBy("python"));
  assert.equal(before.state, "idle");
});

/** Random numbers from a seed: mulberry32. */
function randomFrom(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const HOLDABLE = [
  "drums-a", "drums-b", "bass-c", "python open", "python load", "python play", "python scheduled", "python ready", "python apply",
  "stream open", "stream load", "stream play", "stream song-frame", "stream link", "stream buffer",
];

for (const [which, name] of /** @type {const} */ ([[SHORT, "short"], [LONG, "long"]])) {
  for (const seed of [1, 2, 3, 4]) {
    test(`a ${name} song after random presses, choices and losses (${seed}) pauses, and plays`, async () => {
      open(which);
      const random = randomFrom(seed);
      const pick = (choices) => choices[Math.floor(random() * choices.length)];
      const acts = {
        play: () => player.play(),
        pause: () => player.pause(),
        choose: () => player.choose(pick([0, 1]), pick(["a", "b", "c"])),
        seek: () => player.seek(50 * random()),
        hold: () => hold(pick(HOLDABLE)),
        release: () => release(),
        crash: () => random() < 0.3 && FakeWorker.get(pick(["python", "stream"]))?.crash(),
        interrupt: () => random() < 0.3 && Context.latest?.become("interrupted"),
        wait: () => new Promise((resolve) => setTimeout(resolve, 60 * random())),
      };
      const history = [];
      for (let turn = 0; turn < 120; turn++) {
        const act = pick(["play", "play", "pause", "choose", "choose", "seek", "hold", "release", "release", "crash", "interrupt", "wait", "wait"]);
        history.push(act);
        const done = acts[act]();
        if (act === "wait") await done;
        const { length } = sounding();
        if (!player.isWanted) assert.equal(length, 0, history.slice(-20).join(" "));
        if (player.state === "playing") assert.equal(length, 1, history.slice(-20).join(" "));
        if (turn % 30 < 29) continue;
        release();
        player.pause();
        await settle();
        assert.notEqual(player.state, "loading", history.slice(-20).join(" "));
        assert.deepEqual(sounding(), [], history.slice(-20).join(" "));
        player.play();
        await until(() => player.state === "playing" && player.engine === "python");
        assert.deepEqual(sounding(), ["python"], history.slice(-20).join(" "));
      }
    });
  }
}

test("half a file with status 200 is not played as if it were whole", async () => {
  open({ ...SHORT, layers: SHORT.layers.map((layer) => ({ ...layer, stems: layer.stems.map((stem) => ({ ...stem, audio: { ...stem.audio, bytes: stem.slug === "b" ? 8 : 4 } })) })) });
  await playByPython();
  player.choose(1, "b");
  await until(() => failures.length === 1);
  assert.match(failures[0].reason, /the file is incomplete/);
  assert.deepEqual([failures[0].kept, sounding()], ["a", ["python"]]);
});

/** @param {import("node:test").TestContext} t */
function overBluetooth(t) {
  Object.assign(Context.prototype, { outputLatency: 0.25 });
  t.after(() => Reflect.deleteProperty(Context.prototype, "outputLatency"));
}

test("over Bluetooth, positions are shown when they are heard", async (t) => {
  overBluetooth(t);
  await playByPython();
  const worker = FakeWorker.get("python");
  worker.songFrame = 2 * RATE;
  const reported = performance.now();
  worker.report();
  assert.ok(!frames.includes(2));
  await until(() => frames.includes(2));
  assert.ok(performance.now() - reported >= 249);
});

test("over Bluetooth, a seek shows its position at once, and nothing from before it", async (t) => {
  overBluetooth(t);
  await playByPython();
  const worker = FakeWorker.get("python");
  worker.songFrame = 2 * RATE;
  worker.report();
  player.seek(50);
  worker.songFrame = 50 * RATE;
  assert.equal(frames.at(-1), 50);
  frames.length = 0;
  await until(() => frames.length > 3);
  assert.ok(!frames.includes(2));
});

test("over Bluetooth, Pause shows at once where it goes on", async (t) => {
  overBluetooth(t);
  await playByPython();
  const worker = FakeWorker.get("python");
  worker.songFrame = 2 * RATE;
  worker.report();
  player.pause();
  assert.equal(frames.at(-1), 2);
});

test("a mix of which nothing can be heard says why", async () => {
  const reasons = [];
  for (const [stem, access] of /** @type {const} */ ([["a", "silent"], ["", "open"]])) {
    const row = () => ({ stem, volume: 0, pan: 0, mute: false, solo: false });
    player = new Player(SHORT, "./", [row(), row()], () => access);
    player.on("state", ({ state, reason }) => state === "failed" && reasons.push(String(reason)), { signal: new AbortController().signal });
    await player.play();
  }
  assert.deepEqual(reasons, ["Error: you hold none of its stems", "Error: no stem is chosen"]);
});
