// Whether music that played when the visitor left a page goes on by itself on the next one.
import { readItem, saveItem } from "../base/storage.js";

const KEY = `stempress:playing:${document.documentElement.dataset.collection ?? ""}`; // when a page was left while playing
const RESUME_MS = 15_000; // playback resumes on a page that loads within this time

/** Save that music plays as the page is left. */
export function rememberPlaying() {
  saveItem(KEY, String(Date.now()), "sessionStorage");
}

/** Whether music was playing when the last page was left, a moment ago; only the first call says so. */
export function wasPlaying() {
  const when = Number(readItem(KEY, "sessionStorage"));
  saveItem(KEY, null, "sessionStorage");
  return Date.now() - when < RESUME_MS;
}

/** Whether this page was reloaded. */
export function isReloaded() {
  const [navigation] = performance.getEntriesByType("navigation");
  return navigation instanceof PerformanceNavigationTiming && navigation.type === "reload";
}
