// Plays one of the visitor's stems at a time.
import { takeAudioFocus } from "../playback/audio-focus.js";

export class StemAudio {
  /** @type {{ audio: HTMLAudioElement, key: HTMLElement, end: AbortController } | null} */
  #sound = null;

  /** @param {HTMLElement} key @param {string} address of the sound file */
  toggle(key, address) {
    const isOn = key === this.#sound?.key;
    this.stop();
    if (isOn) return;
    takeAudioFocus(this, () => this.stop());
    const audio = new Audio(address);
    const end = new AbortController();
    this.#sound = { audio, key, end };
    const stop = () => end.signal.aborted || this.stop(); // play() may reject after another stem has started
    audio.addEventListener("ended", stop, { signal: end.signal });
    audio.play().catch(stop);
    key.setAttribute("aria-pressed", "true");
  }

  stop() {
    if (!this.#sound) return;
    const { audio, key, end } = this.#sound;
    this.#sound = null;
    end.abort();
    audio.pause();
    key.setAttribute("aria-pressed", "false");
  }
}
