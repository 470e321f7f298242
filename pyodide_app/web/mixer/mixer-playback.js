// A mixer's playback: its player, made when it is first wanted, and the position in the song.
/** @import { Player } from "../playback/player.js" */
/** @import { OpenTake } from "../takes/fit.js" */
import { MixerElement } from "./mixer-element.js";
import { reasonOf } from "../base/errors.js";
import { PositionView } from "../meters/position-view.js";
import { isPlaying, resumeAudio } from "../playback/player.js";

export class MixerPlayback extends MixerElement {
  /**
   * The player, once there is one.
   * @protected
   * @type {Player | null}
   */
  current = null;
  /** @protected */
  positionView = new PositionView(this, (seconds) => this.movePlayheads(seconds));
  #playerLife = new AbortController();
  /** @type {OpenTake | null} */
  nextTake = null; // that the next press of Play plays
  /** @type {OpenTake | null} */
  openTake = null;

  /** @override */
  disconnectedCallback() {
    this.closePlayer();
    super.disconnectedCallback();
  }

  get audioContext() {
    return this.outputNode?.context ?? null;
  }

  get outputNode() {
    return this.current?.outputNode ?? null;
  }

  get stats() {
    return this.current?.stats ?? null;
  }

  /** Resolves once Python has loaded the chosen stems; reading it starts the loading. */
  get ready() {
    return this.player().then((player) => player.prepare());
  }

  get playing() {
    return this.current?.state === "playing";
  }

  /** Whether it plays, or will once it can. */
  get isWanted() {
    return this.current?.isWanted ?? false;
  }

  /** In seconds. */
  get position() {
    return this.positionView.seconds;
  }

  get duration() {
    return this.positionView.duration;
  }

  /** SHA-256 of the current mix, as little-endian interleaved words of 16 or 24 bits. */
  async digest(bits = 24) {
    const player = await this.player();
    return player.digest(bits);
  }

  /** The player, created on the first call. */
  async player() {
    const song = await this.facts();
    if (this.current) return this.current;
    this.#playerLife = new AbortController();
    this.current = this.createPlayer(song);
    this.connectPlayer(this.current, this.#playerLife.signal);
    this.current.seek(this.position);
    return this.current;
  }

  async play() {
    try {
      resumeAudio(Number(this.dataset.rate)); // now: after an await the user gesture no longer counts
      const player = await this.player();
      if (this.nextTake) await player.setTake(this.nextTake.take, this.nextTake.text);
      this.nextTake = null;
      if (this.isConnected) await player.play();
    } catch (error) {
      this.announce(reasonOf(error));
    }
  }

  pause() {
    this.current?.pause();
  }

  stop() {
    if (this.current) this.current.stop();
    else this.positionView.show(0);
  }

  /**
   * Seek within the song.
   * @param {number} seconds
   */
  seek(seconds) {
    const place = Math.max(0, Math.min(this.duration, seconds));
    this.positionView.show(place);
    this.current?.seek(place);
  }

  /**
   * Start loading before the first press, when the visitor is about to use the mixer; unless something is playing, which
   * that would stop: Python has one song at a time.
   * @protected
   */
  prepareBeforePlay() {
    const { life: signal } = this;
    const prepare = () => isPlaying() || this.ready.catch(() => {}); // shown in the status line
    this.addEventListener("pointerenter", ({ pointerType }) => pointerType === "mouse" && prepare(), { once: true, signal });
    this.addEventListener("focusin", prepare, { once: true, signal });
  }

  /**
   * Close the player; the next song has another.
   * @protected
   */
  closePlayer() {
    this.current?.close();
    this.#playerLife.abort();
    this.current = null;
    this.forgetSong();
  }

  /**
   * @protected
   * @type {(song: Data.Song) => Player}
   */
  createPlayer() {
    throw new Error("abstract");
  }

  /**
   * Follow a new player, and give it the mixer's settings.
   * @protected
   * @type {(player: Player, signal: AbortSignal) => void}
   */
  connectPlayer() {}

  /**
   * Called whenever the position has moved, in seconds.
   * @protected
   * @type {(seconds: number) => void}
   */
  movePlayheads() {}
}
