// What can wait until the page has loaded.

const PATIENCE_MS = 2000; // until a browser that is never idle does it nevertheless
const PAUSE_MS = 200; // for browsers that do not say when they are idle

/**
 * Resolves once the page has loaded and the browser is idle.
 * @returns {Promise<unknown>}
 */
export async function whenIdle() {
  if (document.readyState !== "complete") {
    // eslint-disable-next-line local/listener-signal -- pages load once
    await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
  }
  return new Promise((resolve) => {
    if ("requestIdleCallback" in globalThis) requestIdleCallback(resolve, { timeout: PATIENCE_MS });
    else setTimeout(resolve, PAUSE_MS);
  });
}

/**
 * Fetch a file for the browser's cache.
 * @param {URL | string} address
 */
export async function fetchAhead(address) {
  const answer = await fetch(address);
  await answer.arrayBuffer(); // so that the connection is free again
}
