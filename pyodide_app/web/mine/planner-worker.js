// The planner's thread: Python, and what it plans with.
//
// Page to worker: {id, method, values}. Worker to page: {id, value: JSON} or {id, message}.
import { loadLedger } from "../tokens/ledger.js";
import { reason, startPython, text } from "../python/start.js";
import { ROOT } from "../base/root.js";

async function start() {
  const [pyodide, songs, ledger] = await Promise.all([startPython(), text("data/forge.json"), loadLedger(ROOT)]);
  return pyodide.pyimport("pyodide_app.planner").Planner(songs, JSON.stringify(ledger));
}

let planner = null;

self.onmessage = async ({ data: { id, method, values } }) => {
  try {
    planner ??= start().catch((error) => {
      planner = null; // it can be tried again
      throw error;
    });
    postMessage({ id, value: (await planner)[method](...values) });
  } catch (error) {
    postMessage({ id, message: reason(error) });
  }
};
