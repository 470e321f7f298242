// The mixer's status line: the current state, or for a few seconds a message.
import { find, setText } from "../base/dom.js";

const NEWS_MS = 4000; // how long a message stays

export class StatusLine {
  #mixer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer; // while a message is shown
  /** @type {string | null} */
  #next = null; // the state to show afterwards

  /** @param {HTMLElement} mixer may not have loaded its controls yet */
  constructor(mixer) {
    this.#mixer = mixer;
  }

  /**
   * Show a message for a few seconds.
   * @param {string} words
   */
  announce(words) {
    clearTimeout(this.#timer);
    this.#show(words);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#next !== null) this.#show(this.#next);
      this.#next = null;
    }, NEWS_MS);
  }

  /**
   * Show the current state, once no message is shown.
   * @param {string} words
   */
  report(words) {
    if (this.#timer) this.#next = words;
    else this.#show(words);
  }

  /** @param {string} words */
  #show(words) {
    setText(find(this.#mixer, ".status"), words);
  }
}
