// One sound at a time, in all windows of the site, embedded mixers included: whatever begins to sound ends
// what sounded before it.
import { ROOT } from "../base/root.js";

const channel = openChannel();
/** @type {{ who: unknown, stop: () => void, since: number } | null} */
let sounding = null;

/**
 * Have the loudspeakers.
 * @param {unknown} who @param {() => void} stop called when somebody else takes them, here or in another window
 */
export function takeAudioFocus(who, stop) {
  const before = sounding;
  sounding = { who, stop, since: performance.timeOrigin + performance.now() };
  if (before && before.who !== who) before.stop();
  channel?.postMessage(sounding.since);
}

/** A way to the site's other windows; null where the browser keeps them apart. */
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
 * Another window sounds since then; of two that began at once, the later one does.
 * @param {number} since in ms of the clock that windows share
 */
function yieldFocus(since) {
  if (!sounding || since < sounding.since) return;
  const { stop } = sounding;
  sounding = null;
  stop();
}

// The pages' previews take part.
// eslint-disable-next-line local/listener-signal -- every page of the document has such previews
document.addEventListener("play", ({ target }) => {
  if (target instanceof HTMLMediaElement) takeAudioFocus(target, () => target.pause());
}, true);
