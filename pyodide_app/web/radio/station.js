// The radio: plays what is on air, song after song.
/** @import { PlayerState, Stats } from "../playback/player.js" */
/** @import { Slot } from "./schedule.js" */
/** @import { SlotPlayer } from "./slot-player.js" */
import { Emitter } from "../base/emitter.js";
import { reasonOf } from "../base/errors.js";
import { sleep } from "../base/timers.js";
import { _ } from "../language/phrases.js";
import { takeAudioFocus } from "../playback/audio-focus.js";
import { BUDGET } from "../playback/memory.js";
import { SilenceError } from "../playback/mix-settings.js";
import { resumeAudio, suspendAudioSoon } from "../playback/player.js";
import { StemError } from "../playback/stems.js";
import { access, owned, watch } from "../tokens/ownership.js";
import { Schedule, isSame } from "./schedule.js";
import { SlotPlayers } from "./slot-players.js";
import { Troubles } from "./troubles.js";

const AHEAD_SECONDS = 20; // before a song's end: prepare the next one
const OVER_SECONDS = 1; // before its end, a song that pauses is over
const LATE_MS = 2000; // after a slot's end: leave a song that has not ended
const PATIENCE_MS = 3000; // until the browser must have started the audio context

/** @typedef {"paused" | "loading" | "playing"} StationState */

/** @extends {Emitter<{ state: undefined, heard: undefined }>} */
export class Station extends Emitter {
  /** @type {StationState} */
  state = "paused";
  reason = ""; // why it does not play, or what cannot be heard
  troubles = new Troubles();
  #schedule;
  #locked;
  #players;
  /** @type {SlotPlayer | null} */
  #current = null;
  /** @type {SlotPlayer | null} */
  #leaving = null; // plays to its end, while the current one has been started
  #life = new AbortController(); // aborted when it pauses
  /** @type {number | null} */
  #seconds = null; // of the song, as heard

  /** @param {Data.Radio} radio @param {Data.Access} locked @param {number} previewSeconds length of previews */
  constructor(radio, locked, previewSeconds) {
    super();
    this.#schedule = new Schedule(radio);
    this.#locked = locked;
    const accessOf = (/** @type {string} */ stem) => (this.troubles.isLeftOut(stem) ? "silent" : this.accessOf(stem));
    this.#players = new SlotPlayers(this, accessOf, previewSeconds);
  }

  /** What is heard, or would be. */
  get onAir() {
    if (!this.#current || this.#seconds === null) return this.#schedule.at(Date.now());
    const { slot, song } = this.#current;
    return { slot, frame: Math.round(this.#seconds * song.rate) };
  }

  /** @param {Slot} slot */
  after(slot) {
    return this.#schedule.after(slot);
  }

  /** How much the visitor may hear of a stem. @param {string} stem "song/layer/stem" */
  accessOf(stem, holding = owned()) {
    return access(holding, stem, this.#locked);
  }

  /** @returns {Stats | null} */
  get stats() {
    return this.#current?.player.stats ?? null;
  }

  /** The last node before the context's destination. */
  get outputNode() {
    return this.#current?.player.outputNode ?? null;
  }

  /** Join what is on air. Must be called from a user gesture's handler. */
  play() {
    if (this.state !== "paused") return;
    this.#life = new AbortController();
    const { signal } = this.#life;
    this.troubles.clear();
    takeAudioFocus(this, () => this.pause()); // also while loading
    resumeAudio(this.onAir.slot.song.rate); // now: after an await the user gesture no longer counts
    signal.addEventListener("abort", watch(() => this.#current?.player.updateAccess()), { once: true });
    this.#setState("loading");
    this.#run(signal);
  }

  pause() {
    this.#stop("");
  }

  /** @param {string} reason */
  #stop(reason) {
    if (this.state === "paused") return;
    this.#life.abort();
    this.#close();
    this.#players.clear();
    suspendAudioSoon();
    this.#setState("paused", reason);
  }

  /** @param {AbortSignal} signal */
  async #run(signal) {
    /** @type {number | undefined} */
    let at; // the audio context's frame at which the last song ends, if the next one begins there
    let { slot } = this.#schedule.at(Date.now());
    while (!signal.aborted) {
      const before = slot;
      try {
        at = await this.#play(slot, signal, at);
        slot = at === undefined ? this.#schedule.at(Date.now()).slot : this.after(slot);
      } catch (error) {
        if (signal.aborted) return;
        at = undefined;
        this.#close();
        if (this.troubles.leaveOut(slot, error)) this.#setState("loading", this.troubles.in(slot));
        else await this.#waitAfter(slot, error, signal);
        slot = this.#schedule.at(Date.now()).slot;
      }
      if (!isSame(before, slot)) this.troubles.forgetStreamed();
    }
  }

  /**
   * Say why a song cannot be heard, and wait until its slot is over.
   * @param {Slot} slot @param {unknown} error @param {AbortSignal} signal
   */
  async #waitAfter(slot, error, signal) {
    const isOfStems = error instanceof StemError || error instanceof SilenceError;
    const reason = isOfStems && this.troubles.in(slot) ? _("none of its stems could be loaded") : reasonOf(error);
    this.#setState("loading", _("%(song)s can't be heard: %(reason)s. The radio waits for the next song.", { song: slot.song.title, reason }));
    await this.#untilAfter(slot, 0, signal).catch(() => {}); // it was paused
  }

  /**
   * Play a slot to its end: from where the schedule is, or in step with the song before. Resolves to the audio context's
   * frame at which it ends if that is so near that the next song is to be started, else after it has ended.
   * @param {Slot} slot @param {AbortSignal} signal @param {number} [at] the audio context's frame to begin at
   * @returns {Promise<number | undefined>}
   */
  async #play(slot, signal, at) {
    const player = await this.#players.take(slot);
    signal.throwIfAborted();
    if (at === undefined) this.#close();
    this.#current = player;
    this.#seconds = null;
    /** @type {Promise<number>} */
    const nearEnd = new Promise((resolve) => {
      player.on("heard", async ({ seconds }) => {
        this.#follow(player, seconds);
        const end = await this.#finish(player);
        if (end !== null) resolve(end);
      }, { signal: player.life });
    });
    player.on("state", ({ state }) => this.#showState(player, state), { signal: player.life });
    player.on("stem-failed", ({ row, stem, reason }) => {
      this.troubles.note(slot, `${slot.song.layers[row].slug}/${stem}`, reason);
      this.#setState(this.state, this.troubles.in(slot));
    }, { signal: player.life });
    const hasEnded = player.play(signal, at);
    this.#leaving?.leave(); // its player has been released
    const end = await Promise.race([nearEnd, hasEnded, this.#untilAfter(slot, LATE_MS, signal)]);
    if (typeof end === "number") {
      this.#leaving = player;
      return end;
    }
    await this.#untilAfter(slot, 0, signal);
    return undefined;
  }

  /**
   * Let the current song play to its end, if that is near and the next one can begin there.
   * @param {SlotPlayer} player
   */
  async #finish(player) {
    if (player !== this.#current || this.#players.rateAhead !== player.song.rate) return null;
    return player.finish();
  }

  /**
   * Resolves some milliseconds after a slot's end.
   * @param {Slot} slot @param {number} milliseconds @param {AbortSignal} signal
   */
  #untilAfter(slot, milliseconds, signal) {
    return sleep(Math.max(0, this.after(slot).begin + milliseconds - Date.now()), signal);
  }

  /** @param {SlotPlayer} player @param {number} seconds */
  #follow(player, seconds) {
    if (player !== this.#current) return;
    this.#seconds = seconds;
    this.emit("heard");
    if (player.song.duration - seconds < AHEAD_SECONDS) this.#players.prepare(this.after(player.slot), BUDGET - player.player.stats.bytes);
  }

  /** @param {SlotPlayer} player @param {PlayerState} state */
  #showState(player, state) {
    if (player !== this.#current) return;
    const isOver = player.song.duration - (this.#seconds ?? 0) < OVER_SECONDS;
    if (state === "paused" && !isOver) this.#stop(_("Press Play to continue")); // a call, or another app
    if (state === "playing" || (state === "loading" && !player.isInStep)) this.#setState(state, this.troubles.in(player.slot));
    if (state === "playing") this.#checkSilence();
  }

  /** Browsers may block sound until a press: pause and say so, rather than play silently. */
  #checkSilence() {
    const { signal } = this.#life;
    sleep(PATIENCE_MS, signal).then(() => {
      if (this.state === "playing" && this.outputNode?.context.state !== "running") this.#stop(_("Press Play to continue"));
    }, () => {}); // it was paused
  }

  #close() {
    this.#leaving?.player.cut();
    this.#leaving = null;
    this.#current?.close();
    this.#current = null;
    this.#seconds = null;
  }

  /** @param {StationState} state */
  #setState(state, reason = "") {
    this.state = state;
    this.reason = reason;
    this.emit("state");
  }
}
