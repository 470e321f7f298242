// Plays a song for its slot of the schedule: joins it where the schedule is, changes stems on their frames, and keeps to the
// clock.
/** @import { Place, StateChange } from "../playback/player.js" */
/** @import { Slot } from "./schedule.js" */
import { Emitter } from "../base/emitter.js";
import { ROOT } from "../base/root.js";
import { BUDGET } from "../playback/memory.js";
import { outputLatency } from "../playback/output-latency.js";
import { Player } from "../playback/player.js";
import { choiceAt } from "./schedule.js";

const LEAD_SECONDS = 0.04; // from asking for a seek to its first sample, about
const APART_SECONDS = 0.05; // from the clock, at first
const LATER_APART_SECONDS = 0.5; // as after a stall
const IN_STEP_SECONDS = 0.1; // from the clock: the next song begins where this one ends
const FINISH_SECONDS = 0.8; // before the end: the rest is queued
const FIRST_SECONDS = 10;
const REPORTS = 8; // of the position, of which the least delayed is compared with the clock
const SETTLE_MS = 3000; // from one seek to the next

/** @extends {Emitter<{ heard: { seconds: number }, state: StateChange, "stem-failed": import("../playback/player.js").FailedStem }>} */
export class SlotPlayer extends Emitter {
  slot;
  song;
  player;
  #life = new AbortController();
  #settled = 0; // when what is heard may be compared with the clock, in milliseconds
  #begun = 0; // when it was heard first
  /** @type {number[]} */
  #apart = []; // from the clock, in seconds, as the last reports said
  /** @type {number | undefined} */
  #start; // the context's frame to begin at, in step with the song before
  #end = Infinity; // the context's frame at which the slot ends, as it is heard
  #isFinishing = false;
  #isCompared = false; // with the clock, once or more

  /**
   * @param {Slot} slot @param {Data.Song} song
   * @param {(layer: string, stem: string) => Data.Access} access @param {number} previewSeconds length of previews
   */
  constructor(slot, song, access, previewSeconds) {
    super();
    this.slot = slot;
    this.song = song;
    const rows = slot.first.map((nth, row) => ({ stem: slugOf(song, row, nth), volume: 0, pan: 0, mute: false, solo: false }));
    this.player = new Player(song, ROOT.href, rows, access, previewSeconds);
    const { signal } = this.#life;
    this.player.on("position", (place) => this.#follow(place), { signal });
    this.player.on("state", (change) => this.emit("state", change), { signal });
    this.player.on("stem-failed", (failure) => this.emit("stem-failed", failure), { signal });
  }

  /**
   * Play from where the schedule is; resolves at the song's end, and rejects if it cannot be played.
   * @param {AbortSignal} signal @param {number} [at] a frame of the audio context: play from the beginning, from there on
   * @returns {Promise<void>}
   */
  play(signal, at) {
    this.#start = at;
    return new Promise((resolve, reject) => {
      this.player.on("ended", () => resolve(), { signal: this.#life.signal });
      this.on("state", ({ state, reason }) => state === "failed" && reject(reason), { signal: this.#life.signal });
      signal.addEventListener("abort", () => reject(signal.reason), { once: true, signal: this.#life.signal });
      this.#begin(at).catch(reject);
    });
  }

  /** @param {number} [at] a frame of the audio context */
  async #begin(at) {
    this.#join();
    await this.player.preload(BUDGET); // so that it begins where the schedule is once all is there
    this.#join();
    await this.player.play({ at });
  }

  /** Whether it plays in step with the song before. */
  get isInStep() {
    return this.#start !== undefined;
  }

  /**
   * Let the song play to its end, if that is near, while the next one is started; resolves to the frame of the audio context
   * at which the slot ends, or to null if that cannot be yet.
   * @returns {Promise<number | null>}
   */
  async finish() {
    const { context } = this;
    const seconds = context ? this.#end / context.sampleRate - context.currentTime : Infinity;
    if (this.#isFinishing || seconds > FINISH_SECONDS || this.#isOffClock) return null;
    this.#isFinishing = true;
    const isQueued = await this.player.finish(seconds);
    this.#isFinishing = false;
    return isQueued ? this.#end : null;
  }

  /** A signal: aborted when it is closed, or left. */
  get life() {
    return this.#life.signal;
  }

  /** Leave the song to its end. */
  leave() {
    this.#life.abort();
  }

  get context() {
    return /** @type {AudioContext | undefined} */ (this.player.outputNode?.context);
  }

  /** Whether the next song would begin too far from the clock if it began where this one ends. */
  get #isOffClock() {
    const { context } = this;
    if (!context) return true;
    const heard = context.currentTime - outputLatency(context); // its time that is heard now
    const end = this.#end / context.sampleRate - heard;
    return Math.abs(end - (this.slot.frames / this.song.rate - this.#scheduled)) > IN_STEP_SECONDS;
  }

  close() {
    this.#life.abort();
    this.player.pause();
    this.player.close();
  }

  /** Continue with what is on air now. */
  #join() {
    const { rate, frames } = this.song;
    const now = Math.round((this.#scheduled + LEAD_SECONDS + outputLatency(this.context)) * rate);
    const frame = this.isInStep && !this.#begun ? 0 : Math.max(0, Math.min(frames - 1, now));
    for (const [row, nth] of choiceAt(this.slot, frame).entries()) this.player.choose(row, slugOf(this.song, row, nth));
    const changes = this.slot.changes.filter((change) => change.frame > frame);
    this.player.schedule(changes.map(({ nth, ...change }) => ({ ...change, stem: slugOf(this.song, change.row, nth) })));
    this.#settled = this.#begun && performance.now() + SETTLE_MS; // loading takes some time
    this.player.seek(frame / rate);
  }

  /** Where the schedule is, in seconds of the song. */
  get #scheduled() {
    return (Date.now() - this.slot.begin) / 1000;
  }

  /** @param {Place} place */
  #follow({ seconds, playing, isStalled, contextFrame }) {
    if (!playing || isStalled || this.#isEarly) return;
    if (contextFrame !== undefined) this.#end = contextFrame + this.slot.frames - Math.round(seconds * this.song.rate);
    this.emit("heard", { seconds });
    this.#begun ||= performance.now();
    this.#keepTime(seconds);
  }

  /** Whether it has been started, but the song before sounds still. */
  get #isEarly() {
    const { context } = this;
    return this.#start !== undefined && context !== undefined && context.currentTime * context.sampleRate < this.#start;
  }

  /** Seek if what is heard is apart from the clock. @param {number} seconds */
  #keepTime(seconds) {
    const now = performance.now();
    if (now < this.#settled || this.#scheduled > this.song.duration - 1) return;
    this.#apart.push(seconds - this.#scheduled);
    const apart = Math.max(...this.#apart);
    const isLate = !this.#isCompared && apart < -LATER_APART_SECONDS; // loading took long
    if (this.#apart.length < REPORTS && !isLate) return;
    this.#isCompared = true;
    this.#apart = [];
    const isFirst = now < this.#begun + 1000 * FIRST_SECONDS;
    const most = isFirst ? (this.isInStep ? 2 * IN_STEP_SECONDS : APART_SECONDS) : LATER_APART_SECONDS;
    if (Math.abs(apart) > most) this.#join();
  }
}

/** @param {Data.Song} song @param {number} row @param {number} nth of its stems; LEFT_OUT gives "" */
function slugOf(song, row, nth) {
  return song.layers[row].stems[nth]?.slug ?? "";
}
