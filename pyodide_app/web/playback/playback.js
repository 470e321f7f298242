// What a player does: carries out the effects of its state machine, and tells it what happens.
/** @import { Emitter } from "../base/emitter.js" */
/** @import { Peaks, Position, Row } from "./messages.js" */
/** @import { Deck, Phase } from "./player-state.js" */
/** @import { Handlers, Run } from "./state-runner.js" */
/** @import { Loading } from "./stems.js" */
/** @import { Take } from "../takes/format.js" */
import { reasonOf } from "../base/errors.js";
import { sleep } from "../base/timers.js";
import { _ } from "../language/phrases.js";
import { suspendAudioSoon } from "./audio-hardware.js";
import { Counters } from "./counters.js";
import { Decks } from "./decks.js";
import { handOver } from "./handover.js";
import { HeardReports } from "./heard-reports.js";
import { ScheduledChanges } from "./scheduled-changes.js";
import { outputLatency } from "./output-latency.js";
import { isAudible, MixSettings } from "./mix-settings.js";
import { startPython } from "./python-start.js";
import { causeOf, StateRunner } from "./state-runner.js";
import { StemSupply } from "./stem-supply.js";
import { StemSwaps } from "./stem-swaps.js";
import { TakePlayer } from "./take-player.js";
import { TakeRecorder } from "./take-recorder.js";
import { StemError, Stems } from "./stems.js";

const RETRY_SECONDS = 0.15; // after a handover was given up

/** @typedef {"python" | "browser" | ""} Engine what mixes; "": nothing yet */
/**
 * @typedef {object} StateChange
 * @property {Phase} state
 * @property {unknown} reason the error, if it failed
 * @property {Engine} engine
 * @property {string} refusal why Python cannot mix here, or ""
 */
/**
 * @typedef {object} Place
 * @property {number} seconds
 * @property {number} [contextFrame] the context's frame at which that sounds, where it is known
 * @property {boolean} playing
 * @property {boolean} [isStalled] whether it waits for stems that have not arrived
 * @property {Peaks} peaks
 * @property {Float32Array} [levels] readings of levels.py; from Python only
 * @property {number[]} [waiting] rows whose stems change later
 * @property {boolean} [hasMoved] whether a take has moved controls
 */
/** @typedef {{ row: number, stem: string, kept: string, reason: string }} FailedStem kept: the row's stem from now on */

/**
 * step: the state machine has handled an event.
 * take: one was recorded; null: nothing was played. take-over: one that was played has ended, or the visitor has ended it.
 * @typedef {{ take: Take | null, "take-over": { isInterrupted: boolean }, loading: Loading, state: StateChange, position: Place, ended: undefined, "stem-failed": FailedStem, step: undefined }} PlayerEvents
 */

export class Playback {
  settings;
  stems;
  decks;
  supply;
  swaps;
  changes;
  counters = new Counters();
  lingering = 0; // milliseconds that what is queued goes on to sound after the player has been released
  startFrame = 0; // the context's: what is started before sounds from there on
  machine;
  #player;
  /** @type {AudioContext | null} */
  #context = null;
  /** @type {StateChange} */
  #shown = { state: "idle", reason: null, engine: "", refusal: "" }; // what was reported last
  /** @type {unknown} */
  #loss = null; // the error that a deck was last lost with
  /** @type {HeardReports<Place>} */
  #places;

  /**
   * @param {Emitter<PlayerEvents>} player reports to its users
   * @param {Data.Song} song @param {string} root the site's absolute address @param {Row[]} rows
   * @param {(layer: string, stem: string) => Data.Access} access @param {number} previewSeconds
   */
  constructor(player, song, root, rows, access, previewSeconds) {
    this.#player = player;
    this.#places = new HeardReports((place) => player.emit("position", place));
    this.settings = new MixSettings(song, rows, access, previewSeconds);
    this.stems = new Stems(song, root, (loading) => player.emit("loading", loading));
    this.decks = new Decks(song, this.stems);
    this.changes = new ScheduledChanges(this.settings);
    this.supply = new StemSupply(this.settings, this.decks, this.stems, root, (key, reason) => this.#loseStem(key, reason), (key) => this.changes.needs(key) || this.swaps.isLeaving(key));
    this.swaps = new StemSwaps(this.settings, this.decks, this.supply);
    this.recorder = new TakeRecorder(song, (row, key) => this.settings.stemOf(row, key), (take) => player.emit("take", take));
    this.takes = new TakePlayer(this, (detail) => player.emit("take-over", detail));
    this.machine = new StateRunner({ tasks: this.#tasks, acts: this.#acts, swap: (row) => this.#swap(row), onStep: () => this.#reportState() });
    this.#followDecks();
  }

  /** @returns {Engine} */
  get engine() {
    const { deck } = this.machine.state;
    return deck === "first" ? "browser" : deck ?? "";
  }

  /** Why Python cannot mix here, or "". */
  get refusal() {
    const { refusal } = this.machine.state;
    return refusal === null ? "" : reasonOf(refusal);
  }

  /** Python's deck, once it has the song and its stems. */
  async openPython() {
    const { machine } = this;
    machine.send({ type: "prepare" });
    await this.until(() => machine.state.python === "ready" || !machine.state.tasks.python);
    if (machine.state.python === "ready" && this.decks.python) return this.decks.python;
    throw this.whyClosed;
  }

  /** Why Python has not got this song. */
  get whyClosed() {
    const { failure, refusal } = this.machine.state;
    return failure?.error ?? refusal ?? this.#loss ?? new Error(_("another song has been chosen"));
  }

  /**
   * Resolves when something is so, after any event.
   * @param {() => boolean} isSo
   * @returns {Promise<void>}
   */
  until(isSo) {
    return new Promise((resolve) => {
      const life = new AbortController();
      const check = () => {
        if (!isSo()) return;
        life.abort();
        resolve();
      };
      this.#player.on("position", check, life);
      this.#player.on("step", check, life);
      check();
    });
  }

  /** Queue the rest of the song in the deck that is heard; resolves to whether that can be. */
  async finish() {
    const { deck, isPlaying, tasks } = this.machine.state;
    if (!deck || !isPlaying || tasks.handover) return false;
    return (await this.decks[deck]?.finish()) ?? false;
  }

  /** Pause; resolves when nothing sounds any more. */
  async silenced() {
    const { machine } = this;
    if (machine.phase !== "playing") {
      machine.send({ type: "pause" });
      return;
    }
    let isSilent = false;
    const life = new AbortController();
    const { deck } = machine.state;
    this.decks.on("position", (report) => (isSilent ||= report.deck === deck && !report.position.playing), life);
    machine.send({ type: "pause" });
    await this.until(() => isSilent || machine.phase === "idle" || this.engine !== "python");
    life.abort();
  }

  /** Play into a context from now on. @param {AudioContext} context */
  playInto(context) {
    if (this.#context && this.#context !== context) this.machine.send({ type: "release" }); // the decks are tied to theirs
    this.#context = context;
  }

  /** @param {AudioContext} context */
  isPlayedInto(context) {
    return context === this.#context;
  }

  /** @param {number} seconds of the song */
  moveTo(seconds) {
    this.settings.seek(seconds);
    this.machine.send({ type: "moved" });
    this.decks.apply(this.settings.locateCommand);
    this.#places.clear();
    this.#showPlace();
  }

  /** Show the position at once, whatever is heard. */
  #showPlace() {
    const { seconds } = this.settings;
    this.#player.emit("position", { seconds, playing: this.machine.phase === "playing", peaks: [0, 0] });
  }

  /** @type {Handlers["tasks"]} */
  #tasks = {
    stems: async (signal) => {
      if (!this.decks.isSetUp("python")) this.swaps.restart();
      await this.supply.load(this.settings.parts(), signal);
    },
    python: async (signal) => {
      const started = performance.now();
      this.#loss = null;
      try {
        await startPython(this, () => this.#whenHeard(), signal);
      } catch (error) {
        if (!signal.aborted) this.#loss = error;
        throw error;
      }
      this.counters.seconds = (performance.now() - started) / 1000;
    },
    start: (signal, run) => this.#start(signal, run),
    handover: async (signal) => {
      const { first, python, output } = this.decks;
      if (!first || !python || !output || this.#isEarly(output.context)) return false;
      if (!this.changes.isCalm) return false; // what waits in the first deck is unknown to Python
      return handOver({ first, python, output }, this.settings.song.frames, signal);
    },
    retry: (signal) => sleep(1000 * RETRY_SECONDS, signal),
  };

  /** @type {Handlers["acts"]} */
  #acts = {
    silence: () => this.decks.silence(),
    retire: () => {
      this.counters.changeDeck();
      this.decks.retireFirst();
      this.supply.releaseCopies();
    },
    close: () => {
      this.#places.clear();
      this.decks.close(this.lingering);
      this.lingering = 0;
      this.supply.close();
      this.swaps.close();
      this.counters.close();
    },
    "close-python": () => {
      this.decks.closePython();
      this.stems.reportProgress("Python", 0, 0); // nothing is waited for
      if (!this.decks.isSetUp("first")) this.swaps.restart();
    },
    rest: suspendAudioSoon,
  };

  /** @param {AbortSignal} signal @param {Run} run */
  async #start(signal, { deck, isFresh }) {
    if (!deck || !this.#context) throw this.whyClosed;
    if (!this.decks[deck]) throw this.settings.silence ?? this.whyClosed; // without a stem there is no first deck
    const setUp = () => {
      if (deck === "python") return [this.takes.command ?? this.settings.locateCommand]; // it has the rest since it was opened
      this.swaps.begin(this.settings.parts());
      return this.settings.commands(this.swaps.wanted);
    };
    const at = this.#isEarly(this.#context) ? this.startFrame : undefined; // a start may be repeated
    await this.decks.start(deck, this.#context, isFresh ? setUp : null, signal, at);
  }

  /** Whether what is started now is to wait. @param {BaseAudioContext} context */
  #isEarly({ currentTime, sampleRate }) {
    return currentTime * sampleRate < this.startFrame;
  }

  /** @param {number} row */
  async #swap(row) {
    const due = () => this.changes.dueOf(row) ?? (this.settings.isOnBar && this.engine === "python" ? "bar" : undefined);
    const failure = await this.swaps.swap(row, this.machine.phase === "playing", due);
    if (failure) this.#player.emit("stem-failed", { ...failure, reason: reasonOf(failure.reason) });
  }

  /** @param {string} key @param {string} reason */
  #loseStem(key, reason) {
    for (const [row, part] of this.settings.parts().entries()) {
      const { stem } = this.settings.rows[row];
      if (part.key === key) this.#player.emit("stem-failed", { row, stem, kept: stem, reason });
    }
    if (!this.supply.isAnyLeft) this.machine.send({ type: "fail", error: new StemError(reason) });
  }

  /** Resolves to true when the audible deck plays without a stall, to false if nothing is to play. */
  async #whenHeard() {
    let isHeard = false;
    const life = new AbortController();
    this.#player.on("position", ({ playing, isStalled }) => (isHeard = playing && isStalled === false), life);
    await this.until(() => isHeard || !this.machine.state.isWanted);
    life.abort();
    return isHeard;
  }

  #followDecks() {
    const { signal } = new AbortController(); // for ever: they belong to this player
    const decks = this.decks;
    decks.on("applied", ({ deck, applied }) => {
      this.recorder.note(deck, applied);
      if (deck === "python") this.takes.note(applied);
    }, { signal });
    decks.on("position", ({ deck, position }) => this.#followDeck(deck, position), { signal });
    decks.on("ended", (deck) => this.#isAudible(deck) && this.#end(), { signal });
    decks.on("lost", ({ deck, error }) => this.#lose(deck, error), { signal });
    decks.on("stem-failed", ({ key, message }) => this.supply.lose(key, message), { signal });
    decks.on("loading", ({ loaded, total }) => this.stems.reportProgress("Python", loaded, total), { signal });
  }

  /** @param {Deck} deck @param {Error} error */
  #lose(deck, error) {
    this.#loss = error;
    this.machine.send({ type: "lost", deck, fault: { cause: causeOf(error), error } });
  }

  /** @param {Deck} deck */
  #isAudible(deck) {
    return this.machine.state.deck === deck;
  }

  /** @param {Deck} deck @param {Position} position */
  #followDeck(deck, position) {
    this.recorder.follow(deck, position);
    const hasMoved = deck === "python" && this.takes.follow(position);
    if (!this.#isAudible(deck)) return;
    this.counters.follow(position);
    this.swaps.follow(position.waiting);
    const { songFrame, contextFrame, playing, peaks, levels, waiting, isStalled } = position;
    if (songFrame >= 0) this.settings.frame = songFrame;
    if (playing) this.#makeChanges();
    const latency = this.machine.phase === "playing" ? outputLatency(this.#context) : 0;
    this.#places.add({ seconds: this.settings.seconds, contextFrame, playing, peaks, levels, waiting, isStalled, hasMoved }, latency);
    if (this.decks.first) this.counters.measure(this.decks.first).catch(() => {}); // reported as a loss
  }

  #makeChanges() {
    for (const part of this.changes.load()) if (isAudible(part)) this.supply.add(part, false).catch(() => {}); // choosing it tries again
    for (const { row } of this.changes.choose()) this.machine.send({ type: "choose", row });
  }

  #end() {
    this.recorder.reachEnd();
    this.takes.end(false);
    this.machine.send({ type: "pause" });
    this.moveTo(0);
    this.#player.emit("ended");
  }

  #reportState() {
    this.#player.emit("step");
    const { failure, deck, isWanted } = this.machine.state;
    this.recorder.change(deck, this.machine.phase === "playing", isWanted);
    const change = { state: this.machine.phase, reason: failure?.error ?? null, engine: this.engine, refusal: this.refusal };
    const before = this.#shown;
    this.#shown = change;
    if (change.state !== "playing" && this.#places.clear()) this.#showPlace();
    /** @type {(keyof StateChange)[]} */
    const fields = ["state", "reason", "engine", "refusal"];
    if (fields.some((field) => change[field] !== before[field])) this.#player.emit("state", change);
  }
}
