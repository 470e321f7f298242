// The player bar's transport: what its keys, its volume, and media keys do.
import { find } from "../base/dom.js";
import { formatPercent } from "../language/phrases.js";
import { clearMediaSession, setPlaybackState } from "../playback/media-session.js";
import { connectMediaKeys } from "./media-keys.js";
import { REPEATS } from "./queue.js";

/** @import { Jukebox } from "./jukebox.js" */
/** @import { SavedQueue } from "./saved-queue.js" */

export class BarTransport {
  #bar;
  #jukebox;
  #saved;

  /** @param {HTMLElement & { update: () => void }} bar @param {Jukebox} jukebox @param {SavedQueue} saved */
  constructor(bar, jukebox, saved) {
    this.#bar = bar;
    this.#jukebox = jukebox;
    this.#saved = saved;
  }

  /** @param {AbortSignal} signal */
  connectVolume(signal) {
    const { volume } = this;
    const speak = () => volume.setAttribute("aria-valuetext", formatPercent(Number(volume.value)));
    volume.addEventListener("input", () => {
      this.#jukebox.setVolume(Number(volume.value));
      speak();
      this.#saved.save();
    }, { signal });
    speak();
  }

  get volume() {
    return find(this.#bar, ".volume", HTMLInputElement);
  }

  toggle() {
    if (this.#jukebox.isOn) this.#jukebox.pause();
    else this.#jukebox.play();
  }

  previous() {
    this.#jukebox.previous();
    this.#bar.update();
  }

  next() {
    this.#jukebox.next();
    this.#bar.update();
  }

  toggleShuffle() {
    const { queue } = this.#jukebox;
    queue.setShuffled(!queue.shuffled);
    this.#bar.update();
  }

  cycleRepeat() {
    const { queue } = this.#jukebox;
    queue.repeat = REPEATS[(REPEATS.indexOf(queue.repeat) + 1) % REPEATS.length];
    this.#bar.update();
  }

  /** @param {number} seconds */
  seek(seconds) {
    this.#jukebox.seek(seconds);
    this.#reportPosition();
    this.#saved.save();
  }

  /** Report a change of state to the media session; media keys are the bar's from when it plays. */
  reportState() {
    const { state, track } = this.#jukebox;
    if (state === "playing" && track) {
      connectMediaKeys(this.#bar, track, {
        play: () => this.#jukebox.play(),
        pause: () => this.#jukebox.pause(),
        previous: () => this.previous(),
        next: () => this.next(),
        position: () => this.#jukebox.queue.seconds,
        seek: (seconds) => this.seek(seconds),
      });
    }
    this.#reportPosition();
  }

  /** Leave the media keys to others. */
  release() {
    clearMediaSession(this.#bar);
  }

  #reportPosition() {
    const { state, queue, duration } = this.#jukebox;
    setPlaybackState(this.#bar, state, { position: queue.seconds, duration });
  }
}
