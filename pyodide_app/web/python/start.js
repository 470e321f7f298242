// Python in a worker: the runtime, unless it hangs, and the site's files as text.
import { ROOT } from "../base/root.js";
import { repeat } from "../base/timers.js";
import { _ } from "../language/phrases.js";
import { startPython as start } from "./runtime.js";

const SILENT_SECONDS = 60; // a runtime of which nothing has come for so long is not coming

/**
 * Start Python. Where a page's policy forbids WebAssembly the runtime hangs and says nothing: it is given up then.
 * @param {(loaded: number, total: number) => void} [report] hears how many bytes of how many have come
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
 * A file of the site as text.
 * @param {string} address
 */
export async function loadText(address) {
  const answer = await fetch(new URL(address, ROOT));
  if (!answer.ok) throw new Error(_("%(address)s couldn't be loaded (HTTP %(status)s)", { address, status: answer.status }));
  return answer.text();
}
