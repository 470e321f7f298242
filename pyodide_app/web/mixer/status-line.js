// The mixer's status line: how things stand, and for a while what has just come about.
import { find, setText } from "../base/dom.js";

const NEWS_MS = 4000; // how long news stays, whatever else there is to report

export class StatusLine {
  #mixer;
  #timer = 0; // while the line shows news
  /** @type {string | null} */
  #next = null; // what it shows after them

  /** @param {HTMLElement} mixer whose controls may still be on their way */
  constructor(mixer) {
    this.#mixer = mixer;
  }

  /**
   * Say what has just come about; it stays for a while.
   * @param {string} words
   */
  announce(words) {
    clearTimeout(this.#timer);
    this.#show(words);
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      if (this.#next !== null) this.#show(this.#next);
      this.#next = null;
    }, NEWS_MS);
  }

  /**
   * Say how things stand, as soon as there is no news.
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
