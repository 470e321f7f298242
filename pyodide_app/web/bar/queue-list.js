// The list of queued tracks in the queue panel, to play, reorder and remove.
/** @import { Entry, Queue } from "./queue.js" */
import { createKey } from "../base/controls.js";
import { createElement, find } from "../base/dom.js";
import { _, formatNumber } from "../language/phrases.js";
import { LevelBar } from "../meters/level-bar.js";
import { loadTrack } from "./tracks.js";

/**
 * @typedef {object} QueueListListeners
 * @property {(entry: Entry) => void} play
 * @property {(entry: Entry) => void} remove
 * @property {() => void} moved
 * @property {() => void} emptied the focus was in the last row, which is gone
 * @property {(words: string) => void} report
 */

export class QueueList {
  element = createElement("ol", { class: "queued" });
  #queue;
  #listeners;
  #signal;
  /** @type {Map<number, HTMLElement>} */
  #rows = new Map(); // by entry id
  #level; // in the current track's row

  /** @param {Queue} queue @param {QueueListListeners} listeners @param {AbortSignal} signal */
  constructor(queue, listeners, signal) {
    this.#queue = queue;
    this.#listeners = listeners;
    this.#signal = signal;
    this.#level = new LevelBar(createElement("span"), signal, { mark: false });
  }

  /** Show the current queue. */
  show() {
    const { entries } = this.#queue;
    this.#rows = new Map(entries.map((entry) => [entry.id, this.#rows.get(entry.id) ?? this.#createRow(entry)]));
    this.#arrange([...this.#rows.values()]);
    this.markCurrent();
  }

  /** Mark the current track. */
  markCurrent() {
    const { current } = this.#queue;
    for (const [id, row] of this.#rows) row.setAttribute("aria-current", String(id === current?.id));
    const row = current && this.#rows.get(current.id);
    if (row) this.#level.moveTo(find(row, ".dancing"));
  }

  /** Scroll to the current track. */
  showCurrent() {
    this.element.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest", behavior: "instant" });
  }

  /**
   * Show a level in the current track's row.
   * @param {number} share from 0 to 1
   */
  report(share) {
    this.#level.report(share);
  }

  /**
   * Put rows into the list in this order, moving as few as possible to keep the focus.
   * @param {HTMLElement[]} rows
   */
  #arrange(rows) {
    const focused = document.activeElement;
    for (const [nth, row] of rows.entries()) {
      const present = this.element.children[nth] ?? null;
      if (present !== row) this.element.insertBefore(row, present);
      find(row, ".up", HTMLButtonElement).disabled = nth === 0;
      find(row, ".down", HTMLButtonElement).disabled = nth === rows.length - 1;
    }
    while (this.element.children.length > rows.length) this.element.lastElementChild?.remove();
    if (!(focused instanceof HTMLElement) || !this.element.contains(focused)) return;
    const row = focused.closest("li"); // at an end of the list, its button is disabled
    const isAtEnd = row && focused.matches(":disabled");
    (isAtEnd ? find(row, row.querySelector(":is(.up, .down):enabled") ? ":is(.up, .down):enabled" : ".go") : focused).focus();
  }

  /** @param {Entry} entry */
  #createRow(entry) {
    const { play, remove, emptied } = this.#listeners;
    const title = this.#button("…", () => play(entry));
    title.className = "go";
    const drop = this.#button("×", () => {
      const next = row.nextElementSibling ?? row.previousElementSibling;
      remove(entry);
      if (next) find(next, ".drop").focus();
      else emptied();
    }, "drop");
    const keys = [this.#button("↑", () => this.#move(entry, -1, title), "up"), this.#button("↓", () => this.#move(entry, 1, title), "down"), drop];
    const row = createElement("li", {}, createElement("span", { class: "dancing", "aria-hidden": "true" }), title, ...keys);
    const name = (/** @type {string} */ words, /** @type {string} */ detail) => nameRow(title, keys, words, detail);
    loadTrack(entry.address).then((track) => name(track.title, track.detail), () => name(entry.address, _("unavailable")));
    return row;
  }

  /** @param {Entry} entry @param {-1 | 1} by @param {HTMLElement} title */
  #move(entry, by, title) {
    this.#queue.move(entry.id, by);
    this.#listeners.moved();
    const { entries } = this.#queue;
    const given = { track: title.textContent, place: formatNumber(entries.indexOf(entry) + 1), count: formatNumber(entries.length) };
    this.#listeners.report(_("%(track)s is now %(place)s of %(count)s", given));
  }

  /** @param {string} words @param {() => unknown} act */
  #button(words, act, kind = "") {
    return createKey(words, act, this.#signal, kind);
  }
}

/** @param {HTMLElement} title @param {HTMLElement[]} keys up, down, remove @param {string} words @param {string} detail */
function nameRow(title, keys, words, detail) {
  title.replaceChildren(words, " ", createElement("span", { class: "detail" }, detail));
  const track = `${words} ${detail}`;
  const labels = [_("Move up: %(track)s", { track }), _("Move down: %(track)s", { track }), _("Remove: %(track)s", { track })];
  for (const [nth, key] of keys.entries()) key.setAttribute("aria-label", labels[nth]);
}
