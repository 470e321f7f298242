// The planner's thread: Python, and what it plans with.
//
// Page to worker: {id, method, values}. Worker to page: {id, value: JSON} or {id, message}.
import { reason, startPython, text } from "./start.js";

async function start() {
  const [pyodide, songs, ledger] = await Promise.all([startPython(), text("data/forge.json"), text("data/tokens.json")]);
  return pyodide.pyimport("pyodide_app.planner").Planner(songs, ledger);
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
