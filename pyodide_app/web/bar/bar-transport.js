// The player bar's transport: what its keys, its volume, and media keys do.
import { find } from "../base/dom.js";
import { formatPercent } from "../language/phrases.js";
import { clearMediaSession, setMediaSession, setPlaybackState } from "../playback/media-session.js";
import { REPEATS } from "./queue.js";

/** @import { Jukebox } from "./jukebox.js" */
/** @import { SavedQueue } from "./saved-queue.js" */
/** @import { Track } from "./tracks.js" */

const STEP_SECONDS = 5;

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
    if (state === "playing" && track) this.#connectMediaKeys(track);
    this.#reportPosition();
  }

  /** Leave the media keys to others. */
  release() {
    clearMediaSession(this.#bar);
  }

  /**
   * Name the track that plays, and let media keys control it.
   * @param {Track} track
   */
  #connectMediaKeys({ song, title, detail, cover }) {
    const { queue } = this.#jukebox;
    const metadata = { title: `${title} (${detail})`, artist: song.artist, album: song.album_title, artwork: [{ src: cover }] };
    setMediaSession(this.#bar, metadata, {
      play: () => this.#jukebox.play(),
      pause: () => this.#jukebox.pause(),
      previoustrack: () => this.previous(),
      nexttrack: () => this.next(),
      seekto: ({ seekTime }) => this.seek(seekTime ?? queue.seconds),
      seekbackward: ({ seekOffset }) => this.seek(queue.seconds - (seekOffset ?? STEP_SECONDS)),
      seekforward: ({ seekOffset }) => this.seek(queue.seconds + (seekOffset ?? STEP_SECONDS)),
    });
  }

  #reportPosition() {
    const { state, queue, duration } = this.#jukebox;
    setPlaybackState(this.#bar, state, { position: queue.seconds, duration });
  }
}
