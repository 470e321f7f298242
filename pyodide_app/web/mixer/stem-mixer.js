// <stem-mixer>: connects the controls in the page to a player.
//
// Song pages contain the controls, so that they are visible before any script has run. The many other pages load
// them from a song page (data-mixer) and set them (data-mix, data-solo). Attributes: data-song (the song's JSON),
// data-slug, data-rate (its sample rate), data-root (the site's root), data-locked and data-preview (how stems that
// the visitor does not own are treated, and the length of previews in seconds), data-streamed (the song is long), data-off
// (no player on this site).
// More controls are added by mixer.js.
/** @import { Place, StateChange } from "../playback/player.js" */
/** @import { Holding } from "../tokens/ownership.js" */
/** @import { Mix } from "./mix-links.js" */
import { showFailedStem } from "./failed-stem.js";
import { showHeard } from "./heard-mix.js";
import { draggedRange, LoopRange } from "./loop-range.js";
import { Meters } from "./meters.js";
import { showMix } from "./mix-summary.js";
import { MixerPlayback } from "./mixer-playback.js";
import { MixerRows } from "./mixer-rows.js";
import { StemAccess } from "./stem-access.js";
import { Transport } from "./transport.js";
import { warmUpSoon } from "./warm-up-soon.js";
import { find, setText } from "../base/dom.js";
import { reasonOf } from "../base/errors.js";
import { Player } from "../playback/player.js";
import { owned, watch } from "../tokens/ownership.js";

/** @type {StateChange} */
const IDLE = { state: "idle", reason: null, engine: "", refusal: "" };

export class StemMixer extends MixerPlayback {
  /** @type {((mixer: StemMixer) => void)[]} */
  static extensions = []; // what else mixers do, added to each whose controls are there

  #rows = new MixerRows(this, {
    adjusted: (nth) => this.#adjust(nth),
    chosen: (nth) => this.#choose(nth),
    clicked: (share) => this.seek(share * this.duration),
    dragged: (from, to, isFree) => this.#stretch(from, to, isFree),
    dropped: () => this.toggleLoop(true),
  });
  #range = new LoopRange(this);
  #access = new StemAccess(this);
  #transport = new Transport(this);
  /** @type {Meters | null} */
  #meters = null;

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    this.#rows.disconnect();
  }

  get rows() {
    return this.#rows.all;
  }

  /** Names of the layers whose chosen stem is not heard in full, since the visitor does not hold it. */
  get restrictedLayers() {
    return this.rows.filter(({ element }) => element.dataset.access !== "open").map(({ element }) => element.getAttribute("aria-label") ?? "");
  }

  /** The chosen stems' positions in their layers, from 0, or LEFT_OUT. */
  get choice() {
    return this.#rows.choice;
  }

  /** @protected @override @param {Data.Song} song */
  createPlayer(song) {
    const { root = "", preview } = this.dataset;
    return new Player(song, root, this.#rows.settings, (layer, stem) => this.#access.of(layer, stem), Number(preview));
  }

  /** @protected @override @param {Player} player @param {AbortSignal} signal */
  connectPlayer(player, signal) {
    player.on("loading", (loading) => this.status.showLoading(loading), { signal });
    player.on("state", (change) => this.#showState(change), { signal });
    player.on("position", (place) => this.#followPlace(place), { signal });
    player.on("stem-failed", (failure) => this.announce(showFailedStem(this.rows[failure.row], failure, () => this.#choose(failure.row))), { signal });
    player.on("take", (take) => this.emit("take", take), { signal });
    player.on("take-over", (detail) => this.#endTake(detail), { signal });
    player.changeStemsOnBar(this.#transport.isOnBar);
    player.master(this.#transport.volume);
    this.#setLoop();
  }

  /**
   * Switch to another song.
   * @param {string} address of its JSON
   */
  async change(address) {
    this.closePlayer();
    this.dataset.song = address;
    try {
      const song = await this.facts();
      if (this.dataset.song === address) this.#showSong(song);
    } catch (error) {
      this.announce(reasonOf(error));
    }
  }

  /**
   * All settings.
   * @returns {Promise<Mix>}
   */
  async mix() {
    const { slug, rate } = await this.facts();
    const [start, end] = this.#range.within(this.duration);
    return {
      song: slug,
      choice: this.choice,
      rows: this.#rows.settings,
      master: this.#transport.volume,
      loop: this.#transport.isLooping ? [Math.round(start * rate), Math.round(end * rate)] : null,
      at: Math.round(this.position * rate),
    };
  }

  /**
   * Apply the settings of a mix; `place: false` keeps the position.
   * @param {Omit<Mix, "song">} mix
   */
  async setMix({ choice, rows, master, loop, at }, { place = true } = {}) {
    const { rate, frames } = await this.facts();
    for (const [nth, settings] of rows.entries()) this.rows[nth].set(settings);
    for (const nth of rows.keys()) this.#adjust(nth);
    for (const [nth, stem] of choice.entries()) this.choose(nth, stem);
    this.setMaster(master);
    this.#transport.showLoop(Boolean(loop));
    const isPart = loop && !(loop[0] === 0 && loop[1] === frames);
    this.setRange(isPart ? [loop[0] / rate, loop[1] / rate] : null);
    if (place) this.seek(at / rate);
  }

  /** @param {number | string} volume in dB */
  setMaster(volume) {
    this.#transport.showVolume(volume);
    this.current?.master(this.#transport.volume);
  }

  /**
   * Choose a row's stem.
   * @param {number} row @param {number} nth position of the stem in its layer, from 0, or LEFT_OUT
   */
  choose(row, nth) {
    const { stem, slugs } = this.rows[row];
    const slug = slugs[nth] ?? "";
    if (stem.value === slug) return;
    stem.value = slug;
    stem.dispatchEvent(new Event("change"));
  }

  /**
   * Set the range to loop, in seconds; null: the whole song.
   * @param {[start: number, end: number] | null} range
   */
  setRange(range) {
    this.#range.set(range, this.duration);
    const [from, to] = this.#range.within(this.duration);
    this.#setLoop();
    this.emit("range", { from, to });
  }

  toggleLoop(on = !this.#transport.isLooping) {
    this.#transport.showLoop(on);
    this.#setLoop();
  }

  /** @protected @override */
  start() {
    this.#connectControls();
    for (const extend of StemMixer.extensions) extend(this);
    this.life.addEventListener("abort", watch((holding) => this.#showHolding(holding)));
    this.#showHolding(owned());
    warmUpSoon(this);
  }

  /** Connect the controls. */
  #connectControls() {
    const { life: signal } = this;
    this.#transport.connect({
      play: () => this.play(),
      pause: () => this.pause(),
      stop: () => this.stop(),
      loop: () => this.toggleLoop(),
      master: (volume) => this.setMaster(volume),
      onBar: (isOnBar) => this.current?.changeStemsOnBar(isOnBar),
    }, signal);
    this.positionView.connect((seconds) => this.seek(seconds), signal);
    this.prepareBeforePlay();
    this.#meters = new Meters(this, signal);
    this.#rows.connect();
    for (const control of this.querySelectorAll("button, input, select")) control.removeAttribute("disabled");
    this.#transport.showState(IDLE);
  }

  /**
   * Mark the stems that the visitor holds and list them first; for the others the site's [audio] locked applies.
   * @param {Readonly<Holding>} holding
   */
  async #showHolding(holding) {
    this.#access.holding = holding;
    this.toggleAttribute("data-knows", holding.known);
    try {
      if (holding.known) this.#access.sort(await this.facts(), this.rows);
    } catch (error) {
      this.announce(reasonOf(error));
    }
    for (const row of this.rows) this.#access.show(row);
    this.current?.updateAccess();
  }

  /**
   * Loop a dragged range, given as shares of the song; snapped to bars if the song has any.
   * @param {number} from @param {number} to @param {boolean} isFree
   */
  async #stretch(from, to, isFree) {
    const { bar_seconds: bar } = await this.facts();
    const range = draggedRange(from, to, this.duration, isFree ? null : bar);
    if (range) this.setRange(range);
  }

  #setLoop() {
    this.current?.loop(this.#transport.isLooping ? this.#range.within(this.duration) : null);
  }

  /** @param {number} nth of the rows */
  #adjust(nth) {
    const { volume, pan, mute, solo } = this.rows[nth].settings;
    this.current?.adjust(nth, { volume, pan, mute, solo });
    this.#rows.markSilent();
  }

  /** @param {number} nth of the rows */
  async #choose(nth) {
    const row = this.rows[nth];
    setText(find(row.element, ".trouble"), "");
    this.current?.choose(nth, row.stem.value);
    this.#access.show(row);
    try {
      const song = await this.facts();
      if (song.slug !== this.dataset.slug) return; // another song was chosen meanwhile
      row.draw(song.layers[nth]);
      this.#showMix(song);
    } catch (error) {
      this.announce(reasonOf(error));
    }
  }

  /** @protected @override @param {Data.Song} song */
  showControls(song) {
    for (const [nth, row] of this.rows.entries()) row.draw(song.layers[nth]);
    this.#showMix(song);
  }

  /** @param {Data.Song} song */
  #showMix(song) {
    this.emit("mix", showMix(this, this.choice, song));
  }

  /** @param {StateChange} change */
  #showState(change) {
    this.#transport.showState(change);
    this.status.showState(change);
    this.emit("state", change.state);
  }

  /** @param {{ isInterrupted: boolean }} detail of the take that was played */
  async #endTake(detail) {
    await this.#showHeard();
    this.emit("take-over", detail);
  }

  /** Show what is heard of a take: it moves the controls. */
  async #showHeard() {
    const song = await this.facts();
    if (!this.current) return;
    showHeard(this.current.heard, song, { rows: this.#rows, access: this.#access, transport: this.#transport, range: this.#range });
    this.#showMix(song);
  }

  /** @param {Place} place */
  #followPlace({ seconds, playing, peaks, levels, isStalled = false, waiting = [], hasMoved = false }) {
    if (hasMoved) this.#showHeard();
    this.status.showStall(playing && isStalled);
    this.positionView.follow(seconds, playing);
    this.#meters?.show({ playing, peaks, levels }, this.rows);
    this.#rows.markWaiting(waiting);
  }

  /** @protected @override @param {number} seconds */
  movePlayheads(seconds) {
    this.#rows.place(Math.min(1, seconds / this.duration));
    this.emit("place", seconds);
  }

  /**
   * Rebuild the rows for another song.
   * @param {Data.Song} song
   */
  #showSong(song) {
    this.dataset.rate = String(song.rate);
    this.dataset.slug = song.slug;
    this.positionView.setDuration(song.duration);
    this.#rows.replace(song);
    this.#showHolding(this.#access.holding);
    this.setRange(null);
    this.positionView.show(0);
    this.#showMix(song);
    this.#showState(IDLE);
    this.emit("song", song);
  }
}
