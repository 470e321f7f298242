// Work that can wait until the page has loaded.

const PATIENCE_MS = 2000; // until a browser that is never idle does it nevertheless
const PAUSE_MS = 200; // for browsers that do not say when they are idle

/**
 * Call a function once the page has loaded and the browser is idle, unless the signal is aborted before.
 * @param {() => void} act @param {AbortSignal} signal
 */
export function whenIdle(act, signal) {
  const actUnlessAborted = () => signal.aborted || act();
  const wait = () => {
    if ("requestIdleCallback" in globalThis) requestIdleCallback(actUnlessAborted, { timeout: PATIENCE_MS });
    else setTimeout(actUnlessAborted, PAUSE_MS);
  };
  if (document.readyState === "complete") wait();
  else addEventListener("load", wait, { once: true, signal });
}
