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
const FIRST_JOINS = 3; // at most, before what is heard may be further apart
const SETTLE_MS = 3000; // from one seek to the next

/** @extends {Emitter<{ heard: { seconds: number }, state: StateChange, "stem-failed": import("../playback/player.js").FailedStem }>} */
export class SlotPlayer extends Emitter {
  slot;
  song;
  player;
  #life = new AbortController();
  #joins = 0;
  #settled = 0; // when what is heard may be compared with the clock, in milliseconds
  #hasBegun = false;

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
    this.player.seek(frame / rate);
    this.#settled = performance.now() + SETTLE_MS;
  }

  /** Where the schedule is, in seconds of the song. */
  get #scheduled() {
    return (Date.now() - this.slot.begin) / 1000;
  }

  /** @param {Place} place */
  #follow({ seconds, playing, isStalled }) {
    if (!playing || isStalled) return;
    this.emit("heard", { seconds });
    if (!this.#hasBegun) this.#settled = 0; // loading has taken some time
    this.#hasBegun = true;
    if (performance.now() < this.#settled || this.#scheduled > this.song.duration - 1) return;
    const most = this.#joins < FIRST_JOINS ? APART_SECONDS : LATER_APART_SECONDS;
    if (Math.abs(seconds - this.#scheduled) <= most) return;
    this.#joins++;
    this.#join();
  }
}

/** @param {Data.Song} song @param {number} row @param {number} nth of its stems; LEFT_OUT gives "" */
function slugOf(song, row, nth) {
  return song.layers[row].stems[nth]?.slug ?? "";
}
