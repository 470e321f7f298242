// Python in a worker: starts the runtime, or gives up if it hangs; loads the site's files as text.
import { ROOT } from "../base/root.js";
import { repeat } from "../base/timers.js";
import { _ } from "../language/phrases.js";
import { startPython as start } from "./runtime.js";

const SILENT_SECONDS = 60; // without a byte, until the runtime is given up

/**
 * Start Python. If the page's policy forbids WebAssembly, Pyodide hangs without an error: hence the timeout.
 * @param {(loaded: number, total: number) => void} [report] called with bytes received and in total
 */
export async function startPython(report = () => {}) {
  let heardAt = performance.now();
  const life = new AbortController();
  /** @type {Promise<never>} */
  const silence = new Promise((resolve, reject) => {
    repeat(1000, () => {
      if (performance.now() - heardAt < SILENT_SECONDS * 1000) return;
      reject(new Error(_("the Python runtime doesn't start in this browser")));
    }, life.signal);
  });
  const starting = start((loaded, total) => {
    heardAt = performance.now();
    report(loaded, total);
  });
  try {
    return await Promise.race([starting, silence]);
  } finally {
    life.abort();
  }
}

/**
 * Load a file of the site as text.
 * @param {string} address
 */
export async function loadText(address) {
  const answer = await fetch(new URL(address, ROOT));
  if (!answer.ok) throw new Error(_("%(address)s couldn't be loaded (HTTP %(status)s)", { address, status: answer.status }));
  return answer.text();
}
