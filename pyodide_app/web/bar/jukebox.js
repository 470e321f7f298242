// Plays the tracks of the queue one after another, each with the mixer's player.
//
// The player's modules are loaded with the first Play. Near the end of a track the next one is decoded, if
// memory permits, so that there is no gap. Tracks that cannot be played are skipped.
import { Emitter } from "../base/emitter.js";
import { reasonOf } from "../base/errors.js";
import { BUDGET } from "../playback/memory.js";
import { watch } from "../tokens/ownership.js";
import { _ } from "../language/phrases.js";
import { takeAudioFocus } from "../playback/audio-focus.js";
import { TrackDecks } from "./track-decks.js";
import { loadTrack } from "./tracks.js";

const AHEAD_SECONDS = 20; // before a track's end: decode the next one
const BACK_SECONDS = 3; // into a track: Previous restarts it
const SILENT = -100; // dB
const PATIENCE_MS = 3000; // until the browser must have started the audio context

/** @import { Peaks } from "../playback/messages.js" */
/** @import { Place, StateChange, Stats } from "../playback/player.js" */
/** @import { Entry, Queue } from "./queue.js" */
/** @import { Deck } from "./track-decks.js" */
/** @import { Track } from "./tracks.js" */
/** @typedef {"paused" | "loading" | "playing" | "failed"} JukeboxState */

/** @extends {Emitter<{ state: undefined, track: undefined, position: { seconds: number, peaks: Peaks } }>} */
export class Jukebox extends Emitter {
  /** @type {JukeboxState} */
  state = "paused";
  /** Why playback failed, what the visitor can do, or which track was skipped. */
  reason = "";
  /**
   * The current track; null while it is not known.
   * @type {Track | null}
   */
  track = null;
  /** Another window has taken the audio focus: the queue is its own now. */
  hasYielded = false;
  queue;
  #decks = new TrackDecks(this);
  /** @type {Deck | null} */
  #deck = null; // the current track's
  #request = 0; // counts requests: a newer one cancels those before
  #isWanted = false; // the visitor pressed Play
  /** @type {{ entry: Entry, seconds: number, reason: string }[]} */
  #failures = []; // tracks that failed since one last played
  #skipped = ""; // message about the last of them

  /** @param {Queue} queue */
  constructor(queue) {
    super();
    this.queue = queue;
    watch(() => {
      this.#deck?.player.updateAccess();
      this.emit("track"); // with another access
    });
  }

  /** Whether it plays, or will once it has loaded. */
  get isOn() {
    return this.state === "playing" || this.state === "loading";
  }

  get duration() {
    return this.track?.song.duration ?? 0;
  }

  /** The last node before the context's destination. */
  get outputNode() {
    return this.#deck?.player.outputNode ?? null;
  }

  /** @returns {Stats | null} */
  get stats() {
    return this.#deck?.player.stats ?? null;
  }

  /** Play the queue's current track from its position. Must be called from a user gesture's handler. */
  play() {
    this.hasYielded = false;
    this.#failures = [];
    this.#skipped = "";
    return this.#play();
  }

  /** @param {boolean} [isElsewhere] another window plays now */
  pause(isElsewhere = false) {
    this.hasYielded = isElsewhere;
    this.#request++;
    this.#releaseAudio();
    this.#failures = [];
    this.#deck?.player.pause();
    this.#setState("paused");
  }

  /** Load the player's modules: the visitor is about to press Play. */
  preload() {
    this.#decks.loadPlayer().catch(() => {}); // Play reports the error
  }

  /** Stop, and load the current track's metadata without playing it. */
  async prepare() {
    const turn = ++this.#request;
    const entry = this.queue.current;
    this.#releaseAudio();
    this.#closeDeck();
    this.track = null;
    this.#decks.clear();
    try {
      if (entry) await this.#loadTrack(entry);
      if (turn === this.#request) this.#setState("paused");
    } catch (error) {
      if (turn === this.#request) this.#setState("failed", reasonOf(error));
    }
    this.#decks.warmUp(() => this.track?.song).catch(() => {}); // Play reports the error
  }

  /**
   * Play another entry of the queue from the start.
   * @param {{ id: number }} entry
   */
  playEntry({ id }) {
    this.queue.select(id);
    if (this.#deck?.id === id) this.#deck.player.seek(0);
    return this.play();
  }

  next() {
    const entry = this.queue.next();
    if (entry) this.playEntry(entry);
  }

  previous() {
    const entry = this.queue.seconds > BACK_SECONDS ? null : this.queue.previous();
    if (entry) this.playEntry(entry);
    else this.seek(0);
  }

  /**
   * Seek within the track.
   * @param {number} seconds
   */
  seek(seconds) {
    if (!this.track) return;
    this.queue.seconds = Math.max(0, Math.min(seconds, this.duration));
    this.#deck?.player.seek(this.queue.seconds);
    this.emit("position", { seconds: this.queue.seconds, peaks: [0, 0] });
  }

  /** @param {number} volume from 0 (silence) to 1 */
  setVolume(volume) {
    this.queue.volume = volume;
    this.#deck?.player.trim(volume > 0 ? 20 * Math.log10(volume) : SILENT);
  }

  async #play() {
    const turn = ++this.#request;
    const entry = this.queue.current;
    if (!entry) return;
    this.#isWanted = true;
    takeAudioFocus(this, (isElsewhere) => this.pause(isElsewhere)); // also while loading
    try {
      const deck = this.#deck?.id === entry.id ? this.#deck : await this.#openDeck(entry, turn);
      await deck?.player.play();
    } catch (error) {
      if (turn === this.#request) this.#skip(reasonOf(error));
    }
  }

  /**
   * Open a deck for an entry; null if a newer request has come meanwhile.
   * @param {Entry} entry @param {number} turn
   */
  async #openDeck(entry, turn) {
    this.#closeDeck();
    if (this.track) this.#decks.playerModule?.resumeAudio(this.track.song.rate); // while the user gesture counts
    this.#setState("loading", this.#skipped);
    await this.#loadTrack(entry);
    const deck = await this.#decks.take(entry);
    if (turn !== this.#request) return null;
    this.#deck = deck;
    this.#listen(deck);
    deck.player.seek(Math.min(this.queue.seconds, this.duration - 1));
    this.setVolume(this.queue.volume);
    return deck;
  }

  /**
   * The current track failed: play the next one, unless all have failed.
   * @param {string} reason
   */
  #skip(reason) {
    const { current, seconds } = this.queue;
    if (!current) return;
    this.#failures.push({ entry: current, seconds, reason });
    const next = this.queue.next({ ended: true });
    if (!this.#isWanted || !next || this.#failures.some(({ entry }) => entry === next)) {
      this.#giveUp();
      return;
    }
    const track = this.track?.address === current.address ? `${this.track.title} (${this.track.detail})` : current.address;
    this.#skipped = _("Skipped %(track)s: %(reason)s", { track, reason });
    this.queue.select(next.id);
    this.#play();
  }

  /** All tracks failed: return to the first of them, so that it can be tried again. */
  async #giveUp() {
    const first = this.#failures.find((failure) => this.queue.entries.includes(failure.entry));
    if (!first) return;
    const { entry, seconds, reason } = first;
    this.queue.select(entry.id);
    this.queue.seconds = seconds;
    const shown = this.prepare();
    const turn = this.#request;
    await shown;
    if (turn === this.#request) this.#setState("failed", reason);
  }

  /** Release the audio hardware, also while a player is still loading. */
  #releaseAudio() {
    if (this.#isWanted) this.#decks.playerModule?.suspendAudioSoon();
    this.#isWanted = false;
  }

  /** @param {Entry} entry */
  async #loadTrack({ id, address }) {
    const track = await loadTrack(address);
    if (this.queue.current?.id !== id) return;
    this.track = track;
    this.emit("track");
  }

  /** @param {Deck} deck */
  #listen({ player, life: { signal } }) {
    player.on("state", (change) => this.#follow(change), { signal });
    player.on("position", (place) => this.#followPlace(place), { signal });
    player.on("ended", () => this.#playNext(), { signal });
  }

  /** @param {StateChange} change */
  #follow({ state, reason }) {
    if (state === "failed") {
      this.#skip(reasonOf(reason));
      return;
    }
    const isOn = state === "playing" || state === "loading";
    this.#setState(isOn ? state : "paused", isOn ? this.#skipped : "");
    if (state !== "playing") return;
    this.#failures = [];
    this.#checkSilence();
  }

  /** @param {Place} place */
  #followPlace({ seconds, playing, peaks }) {
    this.queue.seconds = seconds;
    this.emit("position", { seconds, peaks: playing ? peaks : [0, 0] });
    if (playing && this.duration - seconds < AHEAD_SECONDS) this.#prepareNext();
  }

  #prepareNext() {
    const entry = this.queue.next({ ended: true });
    if (!this.#deck || !entry || entry.id === this.#deck.id) return;
    this.#decks.prepare(entry, BUDGET - this.#deck.player.stats.bytes);
  }

  #playNext() {
    const entry = this.queue.next({ ended: true });
    if (entry) this.playEntry(entry);
    else this.pause(); // back at the start: report that
  }

  #closeDeck() {
    this.#deck?.player.pause();
    this.#deck?.player.close();
    this.#deck?.life.abort();
    this.#deck = null;
  }

  /** Browsers may block sound until a press: pause and say so, rather than play silently. */
  #checkSilence() {
    const turn = this.#request;
    setTimeout(() => {
      if (turn !== this.#request || this.state !== "playing" || this.outputNode?.context.state === "running") return;
      this.pause();
      this.#setState("paused", _("Press Play to continue"));
    }, PATIENCE_MS);
  }

  /** @param {JukeboxState} state */
  #setState(state, reason = "") {
    this.state = state;
    this.reason = reason;
    this.emit("state");
  }
}
