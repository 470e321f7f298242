// One animation loop for the whole document. Drawings are called about 30 times a second while they move and while any
// of their element is in the window; if there is none, the loop rests. Browsers give hidden tabs no frames.

// From a frame until the next one is requested: two periods of a display of 60 Hz, four of one of 120 Hz.
const PAUSE_MS = 28;

/**
 * @typedef {object} Drawing
 * @property {Element} element
 * @property {(now: number) => boolean} draw whether it goes on moving; `now` in milliseconds, as performance.now()
 */

/** @typedef {Drawing & { isVisible: boolean, isMoving: boolean }} Entry */

/** @type {Map<Element, Entry>} */
const entries = new Map();
let isRequested = false; // a frame, or the timer before it

const watcher = new IntersectionObserver((changes) => {
  for (const { target, isIntersecting } of changes) {
    const entry = entries.get(target);
    if (entry) entry.isVisible = isIntersecting;
  }
  request();
});

/**
 * Add a drawing; returns a function to call when it has something new to draw.
 * @param {Drawing} drawing @param {AbortSignal} signal
 * @returns {() => void}
 */
export function addDrawing({ element, draw }, signal) {
  /** @type {Entry} */
  const entry = { element, draw, isVisible: false, isMoving: true };
  entries.set(element, entry);
  watcher.observe(element);
  signal.addEventListener("abort", () => {
    if (entries.get(element) !== entry) return; // added anew
    entries.delete(element);
    watcher.unobserve(element);
  }, { once: true });
  return () => {
    entry.isMoving = true;
    request();
  };
}

/** @param {Entry} entry */
function isDue({ isVisible, isMoving }) {
  return isVisible && isMoving;
}

function request() {
  if (isRequested || ![...entries.values()].some(isDue)) return;
  isRequested = true;
  requestAnimationFrame(run);
}

/** @param {number} now */
function run(now) {
  setTimeout(() => {
    isRequested = false;
    request();
  }, PAUSE_MS);
  for (const entry of entries.values()) {
    if (isDue(entry)) entry.isMoving = entry.draw(now);
  }
}
