// One sound at a time, in all windows of the site, embedded mixers included: whatever begins to sound ends
// what sounded before it.
import { ROOT } from "../base/root.js";
const channel = open();
let sounding = null; // {who, stop, since}

/** Have the loudspeakers; `stop` is called when somebody else takes them, here or in another window. */
export function take(who, stop) {
  const before = sounding;
  sounding = { who, stop, since: performance.timeOrigin + performance.now() };
  if (before && before.who !== who) before.stop();
  channel?.postMessage(sounding.since);
}

/** A way to the site's other windows; null where the browser keeps them apart. */
function open() {
  try {
    const made = new BroadcastChannel(`stempress:sounding:${ROOT}`);
    made.onmessage = ({ data }) => yieldTo(data);
    return made;
  } catch {
    return null;
  }
}

/** Another window sounds since then; of two that began at once, the later one does. */
function yieldTo(since) {
  if (!sounding || since < sounding.since) return;
  const { stop } = sounding;
  sounding = null;
  stop();
}

// The pages' previews take part.
document.addEventListener("play", ({ target }) => take(target, () => target.pause()), true);
