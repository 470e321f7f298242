// The radio: plays what is on air, song after song.
/** @import { PlayerState, Stats } from "../playback/player.js" */
/** @import { Slot } from "./schedule.js" */
import { loadJson } from "../base/dom.js";
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
import { Schedule } from "./schedule.js";
import { SlotPlayer } from "./slot-player.js";

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
  #schedule;
  #locked;
  #previewSeconds;
  /** @type {SlotPlayer | null} */
  #current = null;
  /** @type {SlotPlayer | null} */
  #leaving = null; // plays to its end, while the current one has been started
  /** @type {{ slot: Slot, player: Promise<SlotPlayer> } | null} */
  #ahead = null;
  #life = new AbortController(); // aborted when it pauses
  /** @type {number | null} */
  #seconds = null; // of the song, as heard
  /** @type {Set<string>} */
  #missing = new Set(); // stems that could not be loaded and are left out, "song/layer/stem"
  /** @type {Map<string, string>} */
  #troubles = new Map(); // why stems cannot be heard, in a sentence, by "song/layer/stem"

  /** @param {Data.Radio} radio @param {Data.Access} locked @param {number} previewSeconds length of previews */
  constructor(radio, locked, previewSeconds) {
    super();
    this.#schedule = new Schedule(radio);
    this.#locked = locked;
    this.#previewSeconds = previewSeconds;
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

  /**
   * Why a stem cannot be heard, in a sentence; "" if it can.
   * @param {Data.RadioSong} song @param {number} row @param {number} nth of the layer's stems, or LEFT_OUT
   */
  troubleOf({ slug, layers }, row, nth) {
    const layer = layers[row];
    return this.#troubles.get(`${slug}/${layer.slug}/${layer.stems[nth]?.slug}`) ?? "";
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
    this.#missing.clear();
    this.#troubles.clear();
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
    this.#ahead = null;
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
        if (!this.#leaveOut(slot, error)) await this.#waitAfter(slot, error, signal);
        slot = this.#schedule.at(Date.now()).slot;
      }
      if (!isSame(before, slot)) this.#forgetTroubles();
    }
  }

  /**
   * Say why a song cannot be heard, and wait until its slot is over.
   * @param {Slot} slot @param {unknown} error @param {AbortSignal} signal
   */
  async #waitAfter(slot, error, signal) {
    const isOfStems = error instanceof StemError || error instanceof SilenceError;
    const reason = isOfStems && this.#troubleIn(slot) ? _("none of its stems could be loaded") : reasonOf(error);
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
    const player = await this.#playerOf(slot);
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
      this.#noteTrouble(slot, `${slot.song.layers[row].slug}/${stem}`, reason);
      this.#setState(this.state, this.#troubleIn(slot));
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
    if (player !== this.#current || this.#ahead?.slot.song.rate !== player.song.rate) return null;
    return player.finish();
  }

  /**
   * Resolves some milliseconds after a slot's end.
   * @param {Slot} slot @param {number} milliseconds @param {AbortSignal} signal
   */
  #untilAfter(slot, milliseconds, signal) {
    return sleep(Math.max(0, this.after(slot).begin + milliseconds - Date.now()), signal);
  }

  /**
   * A player for a slot: the one that was prepared, or a new one.
   * @param {Slot} slot
   */
  #playerOf(slot) {
    const ahead = this.#ahead;
    this.#ahead = null;
    return ahead && isSame(ahead.slot, slot) ? ahead.player.catch(() => this.#makePlayer(slot)) : this.#makePlayer(slot);
  }

  /** @param {Slot} slot */
  async #makePlayer(slot) {
    const { slug } = slot.song;
    /** @type {Data.Song} */
    const song = await loadJson(`data/songs/${slug}.json`);
    /** @param {string} layer @param {string} stem */
    const allowed = (layer, stem) => {
      const key = `${slug}/${layer}/${stem}`;
      return this.#missing.has(key) ? "silent" : access(owned(), key, this.#locked);
    };
    const player = new SlotPlayer(slot, song, allowed, this.#previewSeconds);
    player.player.owner = this;
    return player;
  }

  /** @param {SlotPlayer} player @param {number} seconds */
  #follow(player, seconds) {
    if (player !== this.#current) return;
    this.#seconds = seconds;
    this.emit("heard");
    if (player.song.duration - seconds < AHEAD_SECONDS) this.#prepare(this.after(player.slot), player);
  }

  /**
   * Load the next song, if memory permits.
   * @param {Slot} slot @param {SlotPlayer} current
   */
  #prepare(slot, current) {
    if (this.#ahead) return;
    const room = BUDGET - current.player.stats.bytes;
    const player = this.#makePlayer(slot).then(async (next) => {
      await next.player.preload(room);
      return next;
    });
    player.catch(() => {}); // tried again when its turn comes
    this.#ahead = { slot, player };
  }

  /** @param {SlotPlayer} player @param {PlayerState} state */
  #showState(player, state) {
    if (player !== this.#current) return;
    const isOver = player.song.duration - (this.#seconds ?? 0) < OVER_SECONDS;
    if (state === "paused" && !isOver) this.#stop(_("Press Play to continue")); // a call, or another app
    if (state === "playing" || (state === "loading" && !player.isInStep)) this.#setState(state, this.#troubleIn(player.slot));
    if (state === "playing") this.#checkSilence();
  }

  /**
   * A stem that cannot be loaded is left out of a song that is decoded at once; returns whether it is that.
   * @param {Slot} slot @param {unknown} error
   */
  #leaveOut(slot, error) {
    if (!(error instanceof StemError) || !error.key) return false;
    const stem = error.key.split(":")[0];
    const key = `${slot.song.slug}/${stem}`;
    if (this.#missing.has(key)) return false;
    this.#missing.add(key);
    this.#noteTrouble(slot, stem, reasonOf(error.cause));
    this.#setState("loading", this.#troubleIn(slot));
    return true;
  }

  /** @param {Slot} slot @param {string} key "layer/stem" @param {string} reason */
  #noteTrouble({ song }, key, reason) {
    const [layer, stem] = key.split("/");
    const { name } = song.layers.find(({ slug }) => slug === layer)?.stems.find(({ slug }) => slug === stem) ?? { name: stem };
    this.#troubles.set(`${song.slug}/${key}`, _("Can't play the stem %(stem)s: %(reason)s", { stem: name, reason }));
  }

  /** Why a stem of a slot cannot be heard, in a sentence; "" if all can. @param {Slot} slot */
  #troubleIn({ song, first, changes }) {
    const chosen = [...first.map((nth, row) => ({ row, nth })), ...changes];
    return chosen.map(({ row, nth }) => this.troubleOf(song, row, nth)).find(Boolean) ?? "";
  }

  /** Another song begins: what could not be streamed is tried again the next time. */
  #forgetTroubles() {
    for (const key of this.#troubles.keys()) if (!this.#missing.has(key)) this.#troubles.delete(key);
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

/** @param {Slot} one @param {Slot} other */
function isSame(one, other) {
  return one.round === other.round && one.nth === other.nth;
}
