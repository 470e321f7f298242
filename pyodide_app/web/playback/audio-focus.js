// One sound at a time, across all windows of the site and embedded mixers: whatever starts playing stops what
// played before.
import { ROOT } from "../base/root.js";

const channel = openChannel();
/** @typedef {(isElsewhere: boolean) => void} Stop called when something else takes the focus, here or in another window */
/** @type {{ who: unknown, stop: Stop, since: number } | null} */
let sounding = null;

/**
 * Take the audio focus.
 * @param {unknown} who @param {Stop} stop
 */
export function takeAudioFocus(who, stop) {
  const before = sounding;
  sounding = { who, stop, since: performance.timeOrigin + performance.now() };
  if (before && before.who !== who) before.stop(false);
  channel?.postMessage(sounding.since);
}

/** A channel to the site's other windows; null if the browser isolates them. */
function openChannel() {
  try {
    const windows = new BroadcastChannel(`stempress:sounding:${ROOT}`);
    windows.onmessage = ({ data }) => yieldFocus(data);
    return windows;
  } catch {
    return null;
  }
}

/**
 * Yield to another window, unless this one started later.
 * @param {number} since when it started, in ms since the epoch
 */
function yieldFocus(since) {
  if (!sounding || since < sounding.since) return;
  const { stop } = sounding;
  sounding = null;
  stop(true);
}

// Preview players take part, too.
// eslint-disable-next-line local/listener-signal -- pages of the whole document have such players
document.addEventListener("play", ({ target }) => {
  if (target instanceof HTMLMediaElement) takeAudioFocus(target, () => target.pause());
}, true);
