// Lyrics on a song's page: a line seeks to where it is sung, and the line that is sung now is marked.
//
// The mixer and the player bar report where they are. A line seeks in the one that reported last.
import { createElement, findAll } from "../base/dom.js";
import { isMotionOn } from "./motion.js";

const EARLY_SECONDS = 0.02; // a position may be reported as slightly before where it was set to

/** @typedef {(seconds: number) => void} Seek */
/** @typedef {{ time: number, button: HTMLButtonElement | null }} Line without a button: a pause */

/** @type {Lyrics | null} */
let shown = null;

/**
 * Connect the page's lyrics, if it has those of a song.
 * @param {string} song its slug @param {Seek} seek @param {AbortSignal} signal aborted when the page is left
 */
export function openLyrics(song, seek, signal) {
  const list = document.querySelector(`.lyrics[data-song="${CSS.escape(song)}"]`);
  if (!(list instanceof HTMLElement)) return;
  const lyrics = new Lyrics(list, seek, signal);
  shown = lyrics;
  signal.addEventListener("abort", () => {
    if (shown === lyrics) shown = null;
  });
}

/**
 * Mark the line that is sung, if the page has the song's lyrics.
 * @param {string} song its slug @param {number} seconds @param {Seek} seek
 */
export function followLyrics(song, seconds, seek) {
  if (shown?.song === song) shown.follow(seconds, seek);
}

class Lyrics {
  /** @type {Line[]} */
  #lines;
  #list;
  #seek;
  #time = -1; // of the marked lines
  #wasPressed = false;

  /** @param {HTMLElement} list @param {Seek} seek @param {AbortSignal} signal */
  constructor(list, seek, signal) {
    this.#list = list;
    this.#seek = seek;
    this.#lines = [...findAll(list, "[data-time]")].map((line) => ({ time: Number(line.dataset.time), button: buttonIn(line) }));
    this.#keepInTabOrder(this.#buttons[0]);
    list.addEventListener("click", ({ target }) => this.#press(target), { signal });
    list.addEventListener("keydown", (event) => this.#move(event), { signal });
    list.addEventListener("focusin", ({ target }) => this.#keepInTabOrder(target), { signal });
  }

  get song() {
    return this.#list.dataset.song;
  }

  get #buttons() {
    return this.#lines.flatMap(({ button }) => button ?? []);
  }

  /** @param {number} seconds @param {Seek} seek */
  follow(seconds, seek) {
    this.#seek = seek;
    const time = this.#lines.findLast((line) => line.time <= seconds + EARLY_SECONDS)?.time ?? -1;
    if (time === this.#time) return;
    const before = this.#sungAt(this.#time);
    const now = this.#sungAt(time); // several: a line and its translation
    this.#time = time;
    for (const button of before) button.removeAttribute("aria-current");
    for (const button of now) button.setAttribute("aria-current", "true");
    if (!now[0]) return;
    if (!this.#list.contains(document.activeElement)) this.#keepInTabOrder(now[0]);
    // Whoever has scrolled elsewhere reads there, until a line is pressed.
    if (this.#wasPressed || !before[0] || this.#isInView(before[0])) this.#scrollTo(now[0]);
    this.#wasPressed = false;
  }

  /** @param {number} time */
  #sungAt(time) {
    return this.#lines.flatMap((line) => (line.time === time && line.button) || []);
  }

  /** @param {EventTarget | null} target */
  #press(target) {
    const line = this.#lines.find(({ button }) => button && button === target);
    if (!line) return;
    this.#wasPressed = true;
    this.#seek(line.time);
  }

  /** @param {KeyboardEvent} event */
  #move(event) {
    const buttons = this.#buttons;
    const nth = buttons.findIndex((button) => button === event.target);
    const next = { ArrowDown: nth + 1, ArrowUp: nth - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (next === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    buttons[next]?.focus();
  }

  /**
   * One line is reached with Tab, the others from there with the arrow keys.
   * @param {EventTarget | null} button
   */
  #keepInTabOrder(button) {
    for (const other of this.#buttons) other.tabIndex = other === button ? 0 : -1;
  }

  /** @param {HTMLElement} button */
  #isInView(button) {
    const [line, list] = [button, this.#list].map((element) => element.getBoundingClientRect());
    return list.top < line.bottom && line.top < list.bottom;
  }

  /**
   * Scroll within the list alone: the page stays where the visitor has it.
   * @param {HTMLElement} button
   */
  #scrollTo(button) {
    const [line, list] = [button, this.#list].map((element) => element.getBoundingClientRect());
    const top = line.top - list.top - (list.height - line.height) / 2;
    this.#list.scrollBy({ top, behavior: isMotionOn() ? "smooth" : "instant" });
  }
}

/**
 * Turn a line's words into a button; null if there are none.
 * @param {HTMLElement} line
 */
function buttonIn(line) {
  const words = line.textContent.trim();
  if (!words) return null;
  const button = createElement("button", { type: "button" }, words);
  line.replaceChildren(button);
  return button;
}
