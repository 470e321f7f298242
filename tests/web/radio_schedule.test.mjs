// The radio's schedule: random collections, compared with a walk through a round, rule by rule and frame by frame.
import assert from "node:assert/strict";
import { test } from "node:test";
import { choiceAt, Schedule } from "../../pyodide_app/web/radio/schedule.js";
import { Random as SeededRandom } from "../../pyodide_app/web/radio/random.js";
import { fuzz } from "../support/random.mjs";

const LEFT_OUT = -1;
const NOW = 1_800_000_000_000;

/** @param {import("../support/random.mjs").Random} random @param {number} nth @returns {Data.RadioSong} */
function randomSong(random, nth) {
  const rate = random.pick([8000, 44100, 48000, 96000]);
  const layers = Array.from({ length: 1 + random.below(4) }, (_layer, row) => ({
    slug: `l${row}`,
    name: `L${row}`,
    stems: Array.from({ length: 1 + random.below(4) }, (_stem, at) => ({ slug: `s${at}`, name: "", address: "", weight: random.pick([1, 7, 900_000]) })),
    ...(random.below(3) ? {} : { empty: 1 + random.below(500_000) }),
  }));
  const stems = () => {
    const layer = random.pick(layers);
    return { [layer.slug]: [random.pick(layer.stems).slug] };
  };
  const rules = random.list(3, () => ({ if: stems(), exclude: random.below(2) ? stems() : {}, require: random.below(4) ? {} : stems() }));
  const song = {
    slug: `song-${nth}`, title: "", artist: "", address: "", cover: "", rate, layers, rules,
    frames: Math.ceil(rate * (1 + random.next() * 100)),
    bars: random.pick([null, 4, 16, 33]), bpm: random.pick([null, 60, 92.5, 120, 120]), first: [], pages: null, tokens: {},
  };
  const first = allChoices(song).find((choice) => permits(song, choice));
  return first ? { ...song, first } : randomSong(random, nth);
}

/** @param {import("../support/random.mjs").Random} random @returns {Pick<Data.Radio, "seed" | "songs">} */
function randomRadio(random) {
  return { seed: random.below(2 ** 32), songs: Array.from({ length: 1 + random.below(6) }, (_song, nth) => randomSong(random, nth)) };
}

/** @param {Pick<Data.RadioSong, "layers">} song @returns {number[][]} */
function allChoices({ layers }) {
  return layers.reduce((choices, { stems, empty }) => {
    const options = [...stems.keys(), ...(empty ? [LEFT_OUT] : [])];
    return choices.flatMap((choice) => options.map((nth) => [...choice, nth]));
  }, /** @type {number[][]} */ ([[]]));
}

/** As the engine's Rule.permits. @param {Pick<Data.RadioSong, "layers" | "rules">} song @param {readonly number[]} choice */
function permits({ layers, rules }, choice) {
  const stems = Object.fromEntries(layers.map((layer, row) => [layer.slug, layer.stems[choice[row]]?.slug ?? ""]));
  /** @param {Record<string, string[]>} side */
  const plays = (side) => Object.entries(side).map(([layer, slugs]) => slugs.includes(stems[layer]));
  return rules.every((rule) => !plays(rule.if).every(Boolean) || (!plays(rule.exclude).some(Boolean) && plays(rule.require).every(Boolean)));
}

/** The slots of a round, found by walking from its begin. @param {Schedule} schedule @param {number} round @param {number} count */
function roundOf(schedule, round, count) {
  const slots = [schedule.after({ round: round - 1, nth: count - 1 })];
  while (slots.length < count) slots.push(schedule.after(slots[slots.length - 1]));
  return slots;
}

/** What a walk from the begin of a round finds at a time: exact, in fractions of seconds. @param {ReturnType<typeof roundOf>} slots @param {number} begin of the round, as a fraction of `second` @param {bigint} units @param {bigint} second */
function walk(slots, begin, units, second) {
  let start = BigInt(begin);
  for (const slot of slots) {
    const perFrame = second / BigInt(slot.song.rate);
    const end = start + BigInt(slot.frames) * perFrame;
    if (units < end) return { slot, frame: Number((units - start) / perFrame) };
    start = end;
  }
  throw new Error("after the round");
}

test("at any time, the schedule is what a walk from the round's begin finds", () => {
  fuzz((random) => {
    const radio = randomRadio(random);
    const schedule = new Schedule(radio);
    const { length } = radio.songs;
    const second = 28_224_000n; // a multiple of all rates
    const slots = roundOf(schedule, 0, length);
    const roundLength = slots.reduce((sum, { frames, song }) => sum + (BigInt(frames) * second) / BigInt(song.rate), 0n);
    for (let times = 0; times < 5; times++) {
      const time = NOW + random.below(2 ** 31);
      const units = (BigInt(time) * second) / 1000n;
      const round = Number(units / roundLength);
      const found = schedule.at(time);
      const expected = walk(roundOf(schedule, round, length), 0, units % roundLength, second);
      assert.deepEqual(found, expected);
      const { frame } = schedule.at(found.slot.begin);
      assert.ok(frame >= 0 && frame <= Math.ceil(found.slot.song.rate / 1000), "a slot begins with its song");
    }
  }, 200);
});

test("two visitors hear the same, whenever they came", () => {
  fuzz((random) => {
    const radio = randomRadio(random);
    const [early, late] = [new Schedule(radio), new Schedule(structuredClone(radio))];
    const time = NOW + random.below(2 ** 31);
    let { slot } = early.at(time);
    const later = time + random.below(1_000_000);
    const heard = late.at(later);
    while (early.after(slot).begin <= later) slot = early.after(slot);
    assert.deepEqual(slot, heard.slot);
    assert.deepEqual(choiceAt(slot, heard.frame), choiceAt(heard.slot, heard.frame));
  }, 200);
});

test("a round plays every song once, and no song follows itself", () => {
  fuzz((random) => {
    const radio = randomRadio(random);
    const schedule = new Schedule(radio);
    const { length } = radio.songs;
    let last = "";
    for (let round = 1; round < 4; round++) {
      const slugs = roundOf(schedule, round, length).map(({ song }) => song.slug);
      assert.deepEqual([...slugs].sort(), radio.songs.map(({ slug }) => slug).sort());
      if (length > 1) assert.notEqual(slugs[0], last);
      last = slugs[length - 1];
    }
  }, 200);
});

test("songs of one tempo follow each other", () => {
  fuzz((random) => {
    const songs = [120, 90, 120, 90, 120].map((bpm, nth) => ({ ...randomSong(random, nth), bpm }));
    const schedule = new Schedule({ seed: random.below(2 ** 32), songs });
    const tempos = roundOf(schedule, 0, songs.length).map(({ song }) => song.bpm);
    assert.equal(tempos.filter((bpm, nth) => nth && bpm !== tempos[nth - 1]).length, 1);
  }, 50);
});

test("every variation is permitted, and one stem changes at a time, on a bar of the song", () => {
  fuzz((random) => {
    const radio = randomRadio(random);
    let slot = new Schedule(radio).at(NOW + random.below(2 ** 31)).slot;
    const schedule = new Schedule(radio);
    for (let count = 0; count < 5; count++, slot = schedule.after(slot)) {
      const { song, first, changes, frames } = slot;
      const choice = [...first];
      assert.ok(permits(song, choice));
      let before = 0;
      for (const { frame, row, nth } of changes) {
        assert.notEqual(choice[row], nth);
        choice[row] = nth;
        assert.ok(permits(song, choice));
        assert.ok(frame >= before + Math.floor(8 * song.rate) - 1 && frame < song.frames);
        before = frame;
        const bar = song.bars ? song.frames / song.bars : (song.rate * 240) / (song.bpm ?? 30);
        assert.ok(Math.abs(frame / bar - Math.round(frame / bar)) * bar <= 1);
      }
      assert.ok(frames >= song.frames - song.rate / 100);
    }
  }, 300);
});

test("a stem is heard as often as it is among the permitted variations, by their weights", () => {
  const layers = [
    { slug: "a", name: "A", stems: [10, 30, 60].map((weight, nth) => ({ slug: `s${nth}`, name: "", address: "", weight })) },
    { slug: "b", name: "B", stems: [25, 75].map((weight, nth) => ({ slug: `s${nth}`, name: "", address: "", weight })), empty: 50 },
  ];
  const rules = [{ if: { a: ["s0"] }, exclude: { b: ["s1"] }, require: {} }];
  const song = {
    slug: "song", title: "", artist: "", address: "", cover: "", rate: 8000, frames: 8000 * 128, bars: 64, bpm: null,
    layers, rules, first: [0, 0], pages: null, tokens: {},
  };
  const schedule = new Schedule({ seed: 7, songs: [song] });
  const weightOf = (/** @type {readonly number[]} */ choice) => choice.reduce((product, nth, row) => product * (layers[row].stems[nth]?.weight ?? 50), 1);
  const permitted = allChoices(song).filter((choice) => permits(song, choice));
  const total = permitted.reduce((sum, choice) => sum + weightOf(choice), 0);
  const [counts, last] = [new Map(), new Map()];
  const rounds = 20_000;
  for (let round = 0, slot = schedule.at(NOW).slot; round < rounds; round++, slot = schedule.after(slot)) {
    const begin = String(slot.first);
    const end = String(choiceAt(slot, Infinity));
    counts.set(begin, (counts.get(begin) ?? 0) + 1);
    last.set(end, (last.get(end) ?? 0) + 1);
  }
  for (const choice of permitted) {
    const share = weightOf(choice) / total;
    const deviation = Math.sqrt((share * (1 - share)) / rounds);
    for (const heard of [counts, last]) assert.ok(Math.abs((heard.get(String(choice)) ?? 0) / rounds - share) < 5 * deviation, String(choice));
  }
});

test("random numbers are the same everywhere", () => {
  const random = new SeededRandom(1, 2, 3);
  assert.deepEqual(Array.from({ length: 5 }, () => random.below(1000)), [205, 26, 29, 578, 699]);
});
