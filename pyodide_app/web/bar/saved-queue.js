// The queue as this browser keeps it: saved for the next page, which plays on, and shared with other windows of the site.
import { readItem, saveItem } from "../base/storage.js";
import { Queue } from "./queue.js";
import { rememberPlaying, wasPlaying } from "./resume.js";

/** @import { Jukebox } from "./jukebox.js" */

const KEY = `stempress:queue:${document.documentElement.dataset.collection ?? ""}`;
const SAVE_MS = 5000; // from one position that is saved to the next

export function readQueue() {
  return Queue.parse(readItem(KEY));
}

export class SavedQueue {
  #jukebox;
  #text = readItem(KEY); // the serialized queue, as last saved or read
  #savedTime = 0;

  /** @param {Jukebox} jukebox */
  constructor(jukebox) {
    this.#jukebox = jukebox;
  }

  /**
   * Save the queue when the page is left, and adopt what other windows save.
   * @param {() => void} show called when the queue has been changed by another window @param {AbortSignal} signal
   */
  connect(show, signal) {
    addEventListener("pagehide", () => this.#leavePage(), { signal });
    addEventListener("pageshow", ({ persisted }) => persisted && this.#restorePage(show), { signal });
    addEventListener("storage", ({ key }) => key === KEY && this.#adopt(show), { signal });
  }

  save() {
    const { queue } = this.#jukebox;
    this.#savedTime = performance.now();
    const text = queue.current ? queue.serialize() : null;
    if (text === this.#text) return; // another window may have changed it since
    this.#text = text;
    saveItem(KEY, text);
  }

  /** Save the position now and then, unless another window has saved the queue since. */
  saveIfDue() {
    const isDue = performance.now() - this.#savedTime > SAVE_MS;
    if (isDue && this.#isLatest) this.save();
  }

  /** Save the position when paused, unless another window has saved the queue since. */
  saveIfPaused() {
    if (!this.#jukebox.isOn && this.#isLatest) this.save();
  }

  /** Whether no other window has saved the queue since this one has saved or read it. */
  get #isLatest() {
    // What the window that plays now has saved may not have come here yet.
    return !this.#jukebox.hasYielded && readItem(KEY) === this.#text;
  }

  #leavePage() {
    if (!this.#jukebox.isOn) return; // otherwise everything is saved already
    this.save();
    if (this.#jukebox.state === "playing") rememberPlaying();
    this.#jukebox.pause(); // the page may go to the back/forward cache
  }

  /** @param {() => void} show */
  #restorePage(show) {
    this.#adopt(show);
    if (wasPlaying()) this.#jukebox.play();
  }

  /**
   * Adopt the queue that another window has saved.
   * @param {() => void} show
   */
  #adopt(show) {
    const text = readItem(KEY);
    if (text === this.#text) return;
    this.#text = text;
    const { queue, isOn } = this.#jukebox;
    const { current } = queue;
    queue.adopt(text, { stays: isOn });
    if (queue.current !== current) this.#jukebox.prepare();
    else if (!isOn) this.#jukebox.seek(queue.seconds);
    this.#jukebox.setVolume(queue.volume);
    show();
  }
}
