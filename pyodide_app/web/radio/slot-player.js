// Plays a song for its slot of the schedule: joins it where the schedule is, changes stems on their frames, and keeps to the
// clock.
/** @import { Place, StateChange } from "../playback/player.js" */
/** @import { Slot } from "./schedule.js" */
import { Emitter } from "../base/emitter.js";
import { ROOT } from "../base/root.js";
import { outputLatency } from "../playback/output-latency.js";
import { Player } from "../playback/player.js";
import { choiceAt } from "./schedule.js";

const LEAD_SECONDS = 0.04; // from asking for a seek to its first sample, about
const APART_SECONDS = 0.05; // from the clock, at first
const LATER_APART_SECONDS = 0.5; // as after a stall
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
   * @param {AbortSignal} signal
   * @returns {Promise<void>}
   */
  play(signal) {
    return new Promise((resolve, reject) => {
      this.player.on("ended", () => resolve(), { signal: this.#life.signal });
      this.on("state", ({ state, reason }) => state === "failed" && reject(reason), { signal: this.#life.signal });
      signal.addEventListener("abort", () => reject(signal.reason), { once: true, signal: this.#life.signal });
      this.#join();
      this.player.play().catch(reject);
    });
  }

  close() {
    this.#life.abort();
    this.player.pause();
    this.player.close();
  }

  /** Continue with what is on air now. */
  #join() {
    const { rate, frames } = this.song;
    const latency = outputLatency(/** @type {AudioContext | undefined} */ (this.player.outputNode?.context));
    const frame = Math.max(0, Math.min(frames - 1, Math.round((this.#scheduled + LEAD_SECONDS + latency) * rate)));
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
  #follow({ seconds, playing, isStalled }) {
    if (!playing || isStalled) return;
    this.emit("heard", { seconds });
    this.#begun ||= performance.now();
    this.#keepTime(seconds);
  }

  /** Seek if what is heard is apart from the clock. @param {number} seconds */
  #keepTime(seconds) {
    const now = performance.now();
    if (now < this.#settled || this.#scheduled > this.song.duration - 1) return;
    this.#apart.push(seconds - this.#scheduled);
    if (this.#apart.length < REPORTS) return;
    const apart = Math.max(...this.#apart);
    this.#apart = [];
    const most = now < this.#begun + 1000 * FIRST_SECONDS ? APART_SECONDS : LATER_APART_SECONDS;
    if (Math.abs(apart) > most) this.#join();
  }
}

/** @param {Data.Song} song @param {number} row @param {number} nth of its stems; LEFT_OUT gives "" */
function slugOf(song, row, nth) {
  return song.layers[row].stems[nth]?.slug ?? "";
}
