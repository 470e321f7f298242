// An element with a mixer's controls: its song's data, its events, and its messages.
/** @import { PlayerState } from "../playback/player.js" */
/** @import { Take } from "../takes/format.js" */
import { PlayerStatus } from "./player-status.js";
import { loadControls } from "./shared-controls.js";
import { checkAnswer } from "../base/answers.js";
import { reasonOf } from "../base/errors.js";
import { _ } from "../language/phrases.js";

/** @typedef {{ mix: string, state: PlayerState, place: number, song: Data.Song, range: { from: number, to: number }, take: Take | null, "take-over": { isInterrupted: boolean } }} MixerEvents */

export class MixerElement extends HTMLElement {
  /** @protected */
  status = new PlayerStatus(this);
  /** @type {Promise<Data.Song> | null} */
  #song = null;
  /** @type {Promise<void> | null} */
  #controls = null; // while they are loaded from a song page
  #life = new AbortController(); // aborted when the mixer is removed from the page

  connectedCallback() {
    if (this.dataset.off !== undefined) return;
    this.#life = new AbortController(); // the element may have been moved
    if (!this.dataset.mixer || this.querySelector(".row")) this.start();
    else (this.#controls = this.#loadControls()).catch(() => {}); // shown in the status line
  }

  disconnectedCallback() {
    this.#life.abort();
  }

  /** A signal: aborted when the mixer is removed from the page. */
  get life() {
    return this.#life.signal;
  }

  /** The song's data, loaded once. */
  async facts() {
    await this.#controls;
    return this.#fetchFacts();
  }

  /**
   * Show a message in the status line for a few seconds.
   * @param {string} words
   */
  announce(words) {
    this.status.announce(words);
  }

  /**
   * Listen to the mixer's events, until it is removed from the page.
   * @template {keyof MixerEvents} Type
   * @param {Type} type @param {(detail: MixerEvents[Type]) => void} listener
   */
  on(type, listener) {
    this.addEventListener(type, (event) => listener(/** @type {CustomEvent} */ (event).detail), { signal: this.life });
  }

  /**
   * @protected
   * @template {keyof MixerEvents} Type
   * @param {Type} type @param {MixerEvents[Type]} detail
   */
  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /**
   * Called once the controls are in the page.
   * @protected
   */
  start() {}

  /**
   * Called once controls that were loaded have been set as this page says.
   * @protected
   * @type {(song: Data.Song) => void}
   */
  showControls() {}

  /**
   * Load the song's data anew.
   * @protected
   */
  forgetSong() {
    this.#song = null;
  }

  /** @returns {Promise<Data.Song>} */
  #fetchFacts() {
    this.#song ??= loadSong(this.dataset.song ?? "").catch((error) => {
      this.#song = null; // the next press tries again
      throw error;
    });
    return this.#song;
  }

  /** Load the controls from the song's page, and set them as this page says. */
  async #loadControls() {
    try {
      const [controls, song] = await Promise.all([loadControls(this.dataset.mixer ?? "", this.dataset), this.#fetchFacts()]);
      if (!this.isConnected) return;
      this.replaceChildren(controls);
      this.parentElement?.querySelector(":scope > .waiting")?.remove(); // what an embedded player shows until now
      this.start();
      this.showControls(song);
    } catch (error) {
      this.announce(reasonOf(error));
      throw error;
    }
  }
}

/**
 * @param {string} address
 * @returns {Promise<Data.Song>}
 */
async function loadSong(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(_("The song's data couldn't be loaded (HTTP %(status)s).", { status: answer.status }));
  checkAnswer(answer, address.split("/").at(-1) ?? "");
  return answer.json();
}
