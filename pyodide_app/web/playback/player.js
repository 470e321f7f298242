// Plays one song: what its users can ask of it. One player at a time is open on a page.
/** @import { Row, RowSettings } from "./messages.js" */
/** @import { Quality } from "./mix-settings.js" */
/** @import { Watch } from "./offline-mix.js" */
/** @import { PlayerEvents } from "./playback.js" */
/** @import { StemChange } from "./scheduled-changes.js" */
/** @import { Take } from "../takes/format.js" */
import { Emitter } from "../base/emitter.js";
import { takeAudioFocus } from "./audio-focus.js";
import { onInterruption, resumeAudio, suspendAudioSoon } from "./audio-hardware.js";
import { isStreamed } from "./decks.js";
import { OfflineMix } from "./offline-mix.js";
import { Playback } from "./playback.js";
import { warmStreaming } from "./stream-deck.js";

/** @type {Player | null} */
let active = null; // at most one per page

export { resumeAudio, suspendAudioSoon };

/**
 * Load what playing a song needs besides its sound, if it is streamed and the visitor does not save data.
 * @param {Data.Song} song
 */
export function warmUp(song) {
  if (!navigator.connection?.saveData && isStreamed(song)) warmStreaming(song);
}

/** Whether a player of this page is playing, or about to. */
export function isPlaying() {
  return active?.isWanted ?? false;
}

/** @typedef {import("./player-state.js").Phase} PlayerState */
/** @typedef {import("./playback.js").Engine} Engine */
/** @typedef {import("./playback.js").StateChange} StateChange */
/** @typedef {import("./playback.js").Place} Place */
/** @typedef {import("./playback.js").FailedStem} FailedStem */
/**
 * @typedef {object} Stats
 * @property {number} underruns blocks that came too late to be played
 * @property {number} late changes that had to be reapplied
 * @property {number} lookAhead frames rendered ahead
 * @property {number} bytes of decoded stems
 * @property {number} fetched bytes of streamed stems, compressed
 * @property {number} stalls how often playback has waited for stems
 * @property {number} seconds that Python took to start
 * @property {Engine} engine
 */

/** @extends {Emitter<PlayerEvents>} */
export class Player extends Emitter {
  /**
   * Holds the audio focus while this plays: its pause() is called when something else takes it.
   * @type {{ pause: (isElsewhere?: boolean) => void }}
   */
  owner = this;
  #life = new AbortController(); // aborted when another player is opened
  #playback;
  #offline;

  /**
   * @param {Data.Song} song @param {string} root the site's
   * @param {Row[]} rows one for each layer
   * @param {(layer: string, stem: string) => Data.Access} access
   * @param {number} previewSeconds length of previews
   */
  constructor(song, root, rows, access = () => "open", previewSeconds = 0) {
    super();
    const base = new URL(root, document.baseURI).href; // resolved now, since the page's URL may change
    this.#playback = new Playback(this, song, base, rows, access, previewSeconds);
    const { settings, supply } = this.#playback;
    this.#offline = new OfflineMix(settings, supply, base, () => this.#openPython(), () => this.#playback.whyClosed);
  }

  get state() {
    return this.#playback.machine.phase;
  }

  /** Why Python cannot mix here, or "". */
  get refusal() {
    return this.#playback.refusal;
  }

  /** The last node before the context's destination. */
  get outputNode() {
    return this.#playback.decks.output?.node ?? null;
  }

  get engine() {
    return this.#playback.engine;
  }

  /** @returns {Stats} */
  get stats() {
    const { counts, sizes, stalls, seconds } = this.#playback.counters;
    const rendered = this.#offline.sizes;
    const bytes = this.#playback.stems.bytes + (this.#playback.decks.python?.bytes ?? 0) + sizes.bytes + rendered.bytes;
    return { ...counts, bytes, fetched: sizes.fetched + rendered.fetched, stalls, seconds, engine: this.engine };
  }

  get isWanted() {
    return this.#playback.machine.state.isWanted;
  }

  /**
   * Decode the chosen stems ahead of time, unless they take more than `most` bytes.
   * @param {number} most
   */
  async preload(most) {
    const parts = this.#playback.settings.parts();
    if (this.state === "idle" && this.#playback.supply.bytesOf(parts) <= most) await this.#playback.supply.decode(parts);
  }

  /** Load Python and the chosen stems; resolves when Python has them. May be called repeatedly. */
  async prepare() {
    await this.#openPython();
  }

  /**
   * Must be called from a user gesture's handler, unless resumeAudio was. Resolves when it plays, or does not after all.
   * @param {{ at?: number }} [start] at: the context's frame to begin at, if it does not play yet
   */
  async play({ at = 0 } = {}) {
    this.#playback.startFrame = at;
    takeAudioFocus(this.owner, (isElsewhere) => this.owner.pause(isElsewhere));
    this.#playback.playInto(resumeAudio(this.#playback.settings.song.rate));
    this.#activate();
    this.#playback.machine.send({ type: "play" });
    await this.#playback.until(() => this.state !== "loading");
  }

  /**
   * Let the song, which is about to end, play to its end while another player is started; resolves to false if that
   * cannot be yet.
   * @param {number} seconds until the end
   */
  async finish(seconds) {
    const isQueued = await this.#playback.finish();
    if (isQueued) this.#playback.lingering = 1000 * seconds;
    return isQueued;
  }

  /** Silence what still sounds of a song that was to play to its end. */
  cut() {
    this.#playback.decks.cut();
  }

  pause() {
    this.#playback.machine.send({ type: "pause" });
  }

  stop() {
    this.pause();
    this.seek(0);
  }

  /**
   * Seek within the song.
   * @param {number} seconds
   */
  seek(seconds) {
    this.#playback.takes.end(true);
    this.#playback.moveTo(seconds);
  }

  /**
   * Loop a range, in seconds; null: play to the end.
   * @param {readonly [start: number, end: number] | null} range
   */
  loop(range) {
    this.#playback.takes.end(true);
    this.#playback.settings.setLoop(range);
    this.#playback.machine.send({ type: "moved" });
    this.#playback.decks.apply(this.#playback.settings.loopCommand);
  }

  /** @param {number} volume in dB */
  master(volume) {
    this.#playback.takes.end(true);
    this.#playback.settings.master = volume;
    this.#playback.decks.apply(["master", volume]);
  }

  /** @param {number} row @param {Partial<RowSettings>} settings */
  adjust(row, settings) {
    this.#playback.takes.end(true);
    this.#playback.decks.apply(this.#playback.settings.adjustCommand(row, settings));
  }

  /** Apply a change of the visitor's access to stems. */
  updateAccess() {
    for (const [row, { stem }] of this.#playback.settings.rows.entries()) this.choose(row, stem);
  }

  /**
   * Choose another stem for a row; it is heard as soon as it has loaded.
   * @param {number} row @param {string} stem
   */
  choose(row, stem) {
    if (this.#playback.settings.rows[row].stem !== stem) this.#playback.takes.end(true);
    this.#playback.settings.rows[row].stem = stem;
    if (!this.#playback.swaps.isRequested(row)) this.#playback.machine.send({ type: "choose", row });
  }

  /**
   * Change stems at the next bar, rather than at once.
   * @param {boolean} on
   */
  changeStemsOnBar(on) {
    this.#playback.settings.isOnBar = on;
  }

  /**
   * Change stems at frames of the song, instead of what was scheduled before.
   * @param {readonly StemChange[]} changes
   */
  schedule(changes) {
    this.#playback.changes.set(changes);
  }

  /** Record a take from now on, or once something plays; "take" brings it. */
  startTake() {
    this.#playback.takes.end(true);
    this.#playback.recorder.start();
  }

  /** End the take that is recorded. */
  finishTake() {
    this.#playback.recorder.finishAtMark();
    this.#playback.decks.apply(["mark"]);
  }

  /** Whether a take is recorded, or will be once something plays. */
  get isRecording() {
    return this.#playback.recorder.isOn;
  }

  /**
   * Make ready to play a take from its beginning.
   * @param {Take} take of the song, at its rate @param {string} text
   */
  setTake(take, text) {
    this.#activate();
    return this.#playback.takes.set(take, text);
  }

  /** Whether a take is played, or will be. */
  get isFollowing() {
    return this.#playback.takes.command !== null;
  }

  /** What is heard: of a take, with its moves. */
  get heard() {
    const { rows, master, loop } = this.#playback.settings;
    return { rows, master, loop };
  }

  /**
   * A take as a WAV file.
   * @param {Take} take of the song @param {string} text @param {number} bits @param {Watch} watch
   */
  exportTake(take, text, bits, watch) {
    return this.#offline.bounceTake(take, text, bits, watch);
  }

  /** Whether the visitor may hear all stems of a take in full. @param {Take} take */
  hearsAllOf(take) {
    const { settings } = this.#playback;
    return settings.takeParts(take, { plain: true }).parts.every(({ key }, nth) => key === settings.takeParts(take).parts[nth].key);
  }

  /**
   * SHA-256 of a take, as words of 24 bits.
   * @param {Take} take of the song @param {string} text @param {Watch} watch
   */
  takeDigest(take, text, watch) {
    return this.#offline.takeDigest(take, text, watch);
  }

  /** Integrated loudness of the whole mix with its current settings, in LUFS. */
  loudness() {
    return this.#offline.loudness();
  }

  /**
   * SHA-256 of the whole mix, as words of 16 or 24 bits.
   * @param {number} bits @param {Quality & Watch} [options]
   */
  digest(bits, { plain = false, ...watch } = {}) {
    return this.#offline.digest(bits, plain, watch);
  }

  /**
   * The mix with its current settings, as a WAV file.
   * @param {number} bits @param {Watch} watch
   */
  export(bits, watch) {
    return this.#offline.bounce(bits, watch);
  }

  /**
   * The stems of the mix as they are, and a project for audio workstations, as a ZIP archive.
   * @param {number} bits @param {Watch} watch
   */
  exportStems(bits, watch) {
    return this.#offline.exportStems(bits, watch);
  }

  /**
   * Trim the output, in dB; exports and digests are not affected.
   * @param {number} volume
   */
  trim(volume) {
    this.#playback.decks.trim(volume);
  }

  /** Release everything; the player cannot be used afterwards. */
  close() {
    if (active !== this) return;
    if (this.isWanted) suspendAudioSoon();
    this.#release();
    active = null;
  }

  /** Make this the page's player. */
  #activate() {
    if (active === this) return;
    if (active) active.#release();
    active = this;
    this.#life = new AbortController();
    onInterruption((context) => this.#playback.isPlayedInto(context) && this.pause(), this.#life.signal);
  }

  /** Release everything for another song. */
  #release() {
    this.#life.abort();
    this.#playback.machine.send({ type: "release" });
  }

  #openPython() {
    this.#activate();
    return this.#playback.openPython();
  }
}
