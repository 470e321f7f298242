// The planner's thread: Python, and what it plans with.
//
// Page to worker: {id, method, values}. Worker to page: {id, value: JSON} or {id, message}.
import { loadLedger } from "./ledger.js";

const ROOT = new URL("../../", import.meta.url);
const RUNTIME = new URL("../runtime/", import.meta.url).href;
const SILENT_SECONDS = 60;

async function start() {
  const { loadPyodide } = await import(`${RUNTIME}pyodide.mjs`);
  const options = { indexURL: RUNTIME, lockFileURL: `${RUNTIME}pyodide-lock.json`, packages: ["numpy", "stempress-app"] };
  const [pyodide, songs, ledger] = await Promise.all([loadPyodide(options), text("data/forge.json"), loadLedger(ROOT)]);
  return pyodide.pyimport("pyodide_app.planner").Planner(songs, JSON.stringify(ledger));
}

async function text(address) {
  const answer = await fetch(new URL(address, ROOT));
  if (!answer.ok) throw new Error(`${address} is not there (${answer.status})`);
  return answer.text();
}

/** Where a page's policy forbids WebAssembly the runtime hangs and says nothing. */
function inTime(promise) {
  const late = new Promise((_, reject) => {
    const error = new Error("the Python runtime does not start in this browser");
    setTimeout(reject, SILENT_SECONDS * 1000, error);
  });
  return Promise.race([promise, late]);
}

let planner = null;

self.onmessage = async ({ data: { id, method, values } }) => {
  try {
    planner ??= inTime(start()).catch((error) => {
      planner = null; // it can be tried again
      throw error;
    });
    postMessage({ id, value: (await planner)[method](...values) });
  } catch (error) {
    postMessage({ id, message: String(error?.message ?? error).trim().split("\n").at(-1) });
  }
};
