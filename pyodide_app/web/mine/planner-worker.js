// The planner's thread: Python's Planner, with the site's data.
import { once } from "../base/once.js";
import { ROOT } from "../base/root.js";
import { answerRequests } from "../base/worker-host.js";
import { startPython, loadText } from "../python/start.js";
import { loadLedger } from "../tokens/ledger.js";

/**
 * @typedef {object} PythonPlanner
 * @property {(tokens: string) => string} set_holdings
 * @property {(song: string, start: number, count: number) => string} combinations
 * @property {(song: string, mix: string) => string} forging_loss
 * @property {(prices: string) => string} cheapest_completions
 */

const planner = once(/** @returns {Promise<PythonPlanner>} */ async () => {
  const [pyodide, songs, ledger] = await Promise.all([startPython(), loadText("data/forge.json"), loadLedger(ROOT)]);
  return pyodide.pyimport("pyodide_app.planner").Planner(songs, JSON.stringify(ledger));
});

answerRequests({
  setHoldings: async ({ tokens }) => (await planner()).set_holdings(tokens),
  combinations: async ({ song, start, count }) => (await planner()).combinations(song, start, count),
  forgingLoss: async ({ song, mix }) => (await planner()).forging_loss(song, mix),
  cheapestCompletions: async ({ prices }) => (await planner()).cheapest_completions(prices),
});
