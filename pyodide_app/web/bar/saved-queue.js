// The queue as this browser keeps it: saved for the next page, which plays on, and shared with other windows of the site.
import { readItem, saveItem } from "../base/storage.js";
import { Queue } from "./queue.js";

/** @import { Jukebox } from "./jukebox.js" */

const COLLECTION = document.documentElement.dataset.collection ?? "";
const QUEUE = `stempress:queue:${COLLECTION}`; // in localStorage
const PLAYING = `stempress:playing:${COLLECTION}`; // in sessionStorage: when the page was left while playing
const SAVE_MS = 5000; // from one position that is saved to the next
const RESUME_MS = 15_000; // playback resumes on a page that loads within this time

export function readQueue() {
  return Queue.parse(readItem(QUEUE));
}

export class SavedQueue {
  #jukebox;
  #text = readItem(QUEUE); // the serialized queue, as last saved or read
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
    addEventListener("storage", ({ key }) => key === QUEUE && this.#adopt(show), { signal });
  }

  save() {
    const { queue } = this.#jukebox;
    this.#savedTime = performance.now();
    const text = queue.current ? queue.serialize() : null;
    if (text === this.#text) return; // another window may have changed it since
    this.#text = text;
    saveItem(QUEUE, text);
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
    return !this.#jukebox.hasYielded && readItem(QUEUE) === this.#text;
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
    const text = readItem(QUEUE);
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

/** Save that music plays as the page is left. */
function rememberPlaying() {
  saveItem(PLAYING, String(Date.now()), "sessionStorage");
}

/** Whether music was playing when the last page was left, a moment ago; only the first call says so. */
export function wasPlaying() {
  const when = Number(readItem(PLAYING, "sessionStorage"));
  saveItem(PLAYING, null, "sessionStorage");
  return Date.now() - when < RESUME_MS;
}

/** Whether this page was reloaded. */
export function isReloaded() {
  const [navigation] = performance.getEntriesByType("navigation");
  return navigation instanceof PerformanceNavigationTiming && navigation.type === "reload";
}
