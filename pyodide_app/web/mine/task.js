// What the page is busy with, one request at a time: a newer one replaces it, and the visitor can cancel it.
import { part, setText } from "../base/dom.js";
import { _ } from "../language/phrases.js";

export class Task {
  #page;
  #current = new AbortController(); // aborts the current request

  /** @param {HTMLElement} page @param {AbortSignal} life aborted when the page is left */
  constructor(page, life) {
    this.#page = page;
    part(page, "cancel").addEventListener("click", () => this.#current.abort(new Error(_("Cancelled."))), { signal: life });
    life.addEventListener("abort", () => this.#current.abort());
  }

  /**
   * Begin a request; returns the signal that ends it.
   * @param {string} words message meanwhile
   */
  begin(words) {
    this.drop();
    this.#page.setAttribute("aria-busy", "true");
    part(this.#page, "cancel").hidden = false;
    this.report(words);
    return this.#current.signal;
  }

  /** @param {string} words */
  end(words) {
    this.#page.removeAttribute("aria-busy");
    part(this.#page, "cancel").hidden = true;
    this.report(words);
  }

  /** Abort the current request, which has no more say. */
  drop() {
    this.#current.abort();
    this.#current = new AbortController();
  }

  /**
   * Whether no newer request has replaced the one of a signal.
   * @param {AbortSignal} signal
   */
  isCurrent(signal) {
    return this.#current.signal === signal;
  }

  /** @param {string} words */
  report(words) {
    setText(part(this.#page, "status"), words);
  }
}
