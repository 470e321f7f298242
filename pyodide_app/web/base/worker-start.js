// Starts workers, also where scripts come from another origin than the page's: in sandboxed frames, on other hosts' pages.
import { UNLOADED } from "./worker-messages.js";

/**
 * Start a worker. Its script must be of the page's own origin: elsewhere it is a blob, which imports the module.
 * @param {URL} url of a module
 */
export function startWorker(url) {
  if (url.origin === globalThis.origin) return new Worker(url, { type: "module" });
  const script = `(${importModule})(${JSON.stringify(url.href)}, ${JSON.stringify(UNLOADED)});`;
  const blob = new Blob([script], { type: "text/javascript" });
  return new Worker(URL.createObjectURL(blob)); // a classic script: in frames without an origin, Chromium refuses modules
}

/**
 * Import a module; what the page sends meanwhile is kept for it. Runs in the worker, from its source alone.
 * @param {string} url @param {string} unloaded the message's type if it cannot be imported
 */
function importModule(url, unloaded) {
  URL.revokeObjectURL(location.href);
  /** @type {MessageEvent[]} */
  const early = [];
  self.onmessage = (event) => early.push(event);
  import(url).then(
    () => early.forEach((event) => self.onmessage?.(event)),
    () => self.postMessage({ type: unloaded }),
  );
}
