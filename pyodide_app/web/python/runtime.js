// Starts Python in a worker: from a snapshot of its memory, or from packages if the build could not make one or the
// browser cannot restore it.
import { Downloads } from "./downloads.js";
import { SNAPSHOT } from "./files.js";
import { startFromPackages } from "./packages.js";
import { startFromSnapshot } from "./snapshot.js";

/** @import { Report } from "./downloads.js" */

/**
 * Load Pyodide, numpy and the engine.
 * @param {Report} report
 */
export async function startPython(report = () => {}) {
  const downloads = new Downloads(report);
  const wasm = downloads.compile("pyodide.asm.wasm.bin");
  wasm.catch(() => {}); // thrown where it is needed
  if (SNAPSHOT) {
    try {
      return await startFromSnapshot(downloads, wasm, SNAPSHOT);
    } catch (error) {
      console.warn("Python's snapshot was not restored:", error); // eslint-disable-line no-console -- Python starts all the same: only developers need to know
    }
  }
  return startFromPackages(downloads, wasm);
}
