// The player's state machine: what visitors do in quick succession, and thousands of random sequences.
import assert from "node:assert/strict";
import { test } from "node:test";
import { step } from "../../pyodide_app/web/playback/player-machine.js";
import { INITIAL, phaseOf } from "../../pyodide_app/web/playback/player-state.js";

const OTHER = { cause: "other", error: "broken" };
const LOSS = { cause: "loss", error: "died" };
const STEM = { cause: "stem", error: "404" };

/** The machine, and a model of what carries out its effects: which tasks run, and which decks may sound. */
class Model {
  state = INITIAL;
  tasks = {}; // task -> id
  sounding = { first: false, python: false };
  chosen = 0; // counts choices
  loading = -1; // the choice whose stems are being loaded
  loaded = -1;
  begun = -1; // the choice that the first deck was set up with
  swaps = [];

  get phase() {
    return phaseOf(this.state);
  }

  /** Send an event, carry out the effects, and check the invariants. */
  send(event) {
    if (typeof event === "string") event = { type: event };
    if (event.type === "choose") this.chosen++;
    if (event.type === "lost") this.sounding[event.deck] = false;
    const before = JSON.stringify(this.state);
    const from = this.state;
    const { state, effects } = step(from, event);
    assert.equal(JSON.stringify(from), before, "step changes no state in place");
    assert.deepEqual(step(from, event), { state, effects }, "the same step has the same result");
    this.state = state;
    for (const effect of effects) this.#carryOut(effect);
    this.check();
    return effects;
  }

  /** A task has ended. */
  done(task, value = true) {
    const id = this.tasks[task];
    assert.ok(id, `${task} runs`);
    delete this.tasks[task];
    if (task === "stems") this.loaded = this.loading;
    if (task === "handover" && !value) this.sounding.python = false;
    return this.send({ type: "done", task, id, value });
  }

  fail(task, fault = OTHER) {
    const id = this.tasks[task];
    assert.ok(id, `${task} runs`);
    delete this.tasks[task];
    if (task === "handover") this.sounding.python = false;
    return this.send({ type: "failed", task, id, fault });
  }

  #carryOut(effect) {
    switch (effect.type) {
      case "run":
        assert.ok(!this.tasks[effect.task], `${effect.task} does not run twice`);
        this.tasks[effect.task] = effect.id;
        if (effect.task === "stems") this.loading = this.chosen;
        if (effect.task === "handover") this.sounding.python = true;
        if (effect.task === "start") {
          this.sounding[effect.deck] = true;
          if (effect.isFresh) this.begun = this.loaded;
        }
        break;
      case "abort":
        assert.ok(this.tasks[effect.task], `${effect.task} runs`);
        delete this.tasks[effect.task];
        if (effect.task === "handover") this.sounding.python = false; // it goes back to the first deck
        break;
      case "silence":
      case "close":
        this.sounding = { first: false, python: false };
        break;
      case "retire":
        this.sounding.first = false;
        break;
      case "close-python":
        this.sounding.python = false;
        break;
      case "swap":
        this.swaps.push(effect.row);
        this.begun = this.chosen; // decks that are set up follow by themselves
        break;
    }
  }

  check() {
    const { state, sounding, tasks, phase } = this;
    const running = Object.fromEntries(Object.entries(state.tasks).filter(([, id]) => id));
    assert.deepEqual(running, tasks, "the state knows what runs");
    if (!state.isWanted) assert.deepEqual(sounding, { first: false, python: false }, "nothing sounds unless Play was pressed");
    if (phase === "loading") assert.ok(tasks.stems || tasks.start, "whoever is shown Loading waits for something");
    if (phase === "playing") assert.ok(state.deck && sounding[state.deck], "what plays sounds");
    if (state.deck === "first") assert.equal(this.begun, this.chosen, "the first deck has the chosen stems");
    if (sounding.first && sounding.python) assert.ok(tasks.handover, "two decks sound only during a handover");
    if (state.deck === "python" || state.starting === "python") assert.equal(state.python, "ready");
    if (phase === "failed") assert.deepEqual(tasks, {}, "nothing goes on after a failure");
  }

  /** End what runs, one after the other, until nothing does. */
  settle(end = (task) => this.done(task)) {
    for (let count = 0; Object.keys(this.tasks).length; count++) {
      assert.ok(count < 50, "tasks come to an end");
      end(Object.keys(this.tasks)[0]);
    }
  }
}

/** A model in which Play was pressed, and a deck sounds. */
function playing({ python = false } = {}) {
  const model = new Model();
  model.send("play");
  if (python) model.settle();
  else for (const task of ["stems", "start"]) model.done(task);
  return model;
}

test("the first deck plays as soon as the stems have come; Python takes over", () => {
  const model = new Model();
  model.send("play");
  assert.deepEqual([model.phase, Object.keys(model.tasks)], ["loading", ["stems", "python"]]);
  model.done("stems");
  model.done("start");
  assert.deepEqual([model.phase, model.state.deck], ["playing", "first"]);
  model.done("python");
  model.done("handover");
  assert.deepEqual([model.phase, model.state.deck], ["playing", "python"]);
  assert.deepEqual(model.sounding, { first: false, python: true });
});

test("what was prepared is ready, and Python plays alone if it has come before Play", () => {
  const model = new Model();
  model.send("prepare");
  assert.equal(model.phase, "loading");
  model.done("stems");
  assert.equal(model.phase, "ready");
  assert.deepEqual(model.done("python"), [{ type: "retire" }]);
  assert.equal(model.phase, "ready");
  model.send("play");
  model.done("start");
  assert.deepEqual([model.state.deck, model.tasks], ["python", {}]);
});

test("Play pressed twice while stems are loaded starts one deck, once", () => {
  const model = new Model();
  model.send("play");
  assert.deepEqual(model.send("play"), []);
  model.done("stems");
  assert.deepEqual(model.send("play"), []);
  model.done("start");
  assert.equal(model.phase, "playing");
});

test("after Pause, stems that come late start nothing", () => {
  const model = new Model();
  model.send("play");
  model.send("choose");
  model.send("pause");
  assert.equal(model.phase, "paused");
  model.settle();
  assert.deepEqual([model.phase, model.sounding], ["paused", { first: false, python: false }]);
});

test("a new stem, Play and Pause after Ready: paused, and the next Play plays the new stem", () => {
  const model = new Model();
  model.send("prepare");
  model.done("stems");
  model.send("choose");
  assert.equal(model.phase, "loading");
  model.send("play");
  model.send("pause");
  assert.equal(model.phase, "paused");
  model.send("play");
  assert.equal(model.phase, "loading");
  model.done("stems");
  model.done("start");
  assert.equal(model.phase, "playing");
});

test("Pause says nothing while nothing is wanted", () => {
  const model = new Model();
  model.send("prepare");
  assert.deepEqual(model.send("pause"), []);
});

test("a deck that is starting is silenced by Pause, whenever it reports", () => {
  const model = new Model();
  model.send("play");
  model.done("stems");
  const { start: id } = model.tasks;
  assert.deepEqual(model.send("pause").map(({ type }) => type), ["abort", "silence", "rest"]);
  assert.deepEqual(model.send({ type: "done", task: "start", id }), []);
  assert.equal(model.phase, "paused");
});

test("a stem chosen while a deck starts is loaded first", () => {
  const model = new Model();
  model.send("play");
  model.done("stems");
  model.send("choose");
  assert.deepEqual([model.sounding.first, Object.keys(model.tasks)], [false, ["python", "stems"]]);
  model.done("stems");
  model.done("start");
  assert.equal(model.phase, "playing");
});

test("a deck that is set up swaps a stem in its own time, and plays on", () => {
  const model = playing();
  model.send({ type: "choose", row: 2 });
  assert.deepEqual([model.phase, model.swaps], ["playing", [2]]);
});

test("a seek during the handover postpones it", () => {
  const model = playing();
  model.done("python");
  model.send("moved");
  assert.deepEqual(model.sounding, { first: true, python: false });
  model.done("retry");
  model.done("handover");
  assert.equal(model.state.deck, "python");
});

test("a handover that comes too late is tried again", () => {
  const model = playing();
  model.done("python");
  model.done("handover", false);
  model.done("retry");
  assert.ok(model.tasks.handover);
});

test("when Python dies as it takes over, the first deck plays on and Python starts again", () => {
  const model = playing();
  model.done("python");
  model.send({ type: "lost", deck: "python", fault: LOSS });
  assert.deepEqual([model.phase, model.state.deck, model.sounding], ["playing", "first", { first: true, python: false }]);
  model.done("python");
  model.done("handover");
  assert.equal(model.state.deck, "python");
});

test("when Python dies as it plays, the first deck plays in its place", () => {
  const model = playing({ python: true });
  model.send({ type: "lost", deck: "python", fault: LOSS });
  assert.equal(model.phase, "loading");
  model.done("stems");
  model.done("start");
  assert.deepEqual([model.phase, model.state.deck], ["playing", "first"]);
});

test("Python that died twice is refused until Play is pressed again", () => {
  const model = playing({ python: true });
  for (let time = 0; time < 2; time++) {
    model.send({ type: "lost", deck: "python", fault: LOSS });
    model.settle();
  }
  assert.deepEqual([model.phase, model.state.deck, model.state.refusal], ["playing", "first", LOSS.error]);
  model.send("pause");
  model.send("play");
  assert.equal(model.state.refusal, null);
  model.settle();
  assert.deepEqual([model.phase, model.state.deck], ["playing", "python"]);
});

test("Python that cannot start is refused, and the first deck plays", () => {
  const model = new Model();
  model.send("play");
  model.fail("python");
  model.settle();
  assert.deepEqual([model.phase, model.state.deck, model.state.python], ["playing", "first", "refused"]);
});

test("after another press of Play, Python that dies starts again by itself", () => {
  const model = playing({ python: true });
  for (let time = 0; time < 3; time++) {
    model.send({ type: "lost", deck: "python", fault: LOSS });
    model.settle();
    assert.equal(model.state.python, "ready");
    model.send("pause");
    model.send("play");
    model.settle();
  }
});

test("Python's deck that cannot play leaves it to the first one", () => {
  const model = new Model();
  model.send("prepare");
  model.settle();
  model.send("play");
  model.fail("start");
  assert.equal(model.phase, "loading");
  model.settle();
  assert.deepEqual([model.phase, model.state.deck], ["playing", "first"]);
});

test("stems that Python has already are awaited no longer", () => {
  const model = new Model();
  model.send("prepare");
  model.done("python");
  assert.deepEqual([model.phase, model.tasks], ["ready", {}]);
});

test("a first deck that dies starts again once, with Python; then playback fails", () => {
  const model = playing({ python: true });
  model.send({ type: "lost", deck: "first", fault: LOSS });
  assert.deepEqual([model.phase, Object.keys(model.tasks)], ["loading", ["stems", "python"]]);
  model.settle();
  assert.equal(model.phase, "playing");
  model.send({ type: "lost", deck: "first", fault: LOSS });
  assert.equal(model.phase, "failed");
});

test("after a failure Play loads everything again", () => {
  const model = new Model();
  model.send("play");
  model.fail("stems", STEM);
  assert.deepEqual([model.phase, model.state.failure, model.tasks], ["failed", { error: STEM.error }, {}]);
  model.send("play");
  assert.equal(model.phase, "loading");
  model.settle();
  assert.equal(model.phase, "playing");
});

test("a song that is released reports nothing any more", () => {
  const model = playing();
  const { python: id } = model.tasks;
  model.send("release");
  assert.equal(model.phase, "idle");
  assert.deepEqual(model.send({ type: "done", task: "python", id }), []);
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

/** Let something happen; returns its description. */
function happen(model, random, gone) {
  const pick = (choices) => choices[Math.floor(random() * choices.length)];
  const running = Object.keys(model.tasks);
  const kind = random();
  if (kind < 0.45 && running.length) {
    const task = pick(running);
    gone.push({ task, id: model.tasks[task] });
    if (random() < 0.85) model.done(task, random() < 0.8);
    else model.fail(task, pick([OTHER, LOSS, STEM]));
    return `${task} ends`;
  }
  if (kind < 0.5 && gone.length) {
    const late = pick(gone);
    const type = pick(["done", "failed"]);
    assert.deepEqual(model.send({ type, ...late, value: true, fault: OTHER }), [], "what was given up has no effect");
    return `${late.task} ends late`;
  }
  const event = pick([
    "play", "play", "pause", "pause", "prepare", "moved", "choose", "choose",
    ...(random() < 0.3 ? ["release", "fail", { type: "lost", deck: pick(["first", "python"]), fault: pick([LOSS, LOSS, OTHER]) }] : []),
  ]);
  const before = { ...model.tasks };
  model.send(typeof event === "string" ? { type: event, row: 0, error: "failed" } : event);
  for (const [task, id] of Object.entries(before)) if (model.tasks[task] !== id) gone.push({ task, id });
  return JSON.stringify(event);
}

for (const seed of Array.from({ length: 40 }, (_, nth) => nth + 1)) {
  test(`random sequence ${seed}: invariants hold, and it can always be played`, () => {
    const random = randomFrom(seed);
    const model = new Model();
    const gone = [];
    let history = [];
    try {
      for (let turn = 0; turn < 3000; turn++) {
        history.push(happen(model, random, gone));
        if (turn % 100) continue;
        history = history.slice(-100);
        if (turn % 200) model.settle();
        else model.settle((task) => model.fail(task, random() < 0.5 ? LOSS : OTHER));
        assert.notEqual(model.phase, "loading", "when all has ended, nothing is loading");
        model.send("play");
        model.settle();
        assert.equal(model.phase, "playing", "whatever has happened, Play plays");
        model.send("pause");
      }
    } catch (error) {
      throw new Error(`after ${history.slice(-12).join(", ")}`, { cause: error });
    }
  });
}
