// The forge planner: calls Python's Planner in a worker.
import { WorkerClient } from "../base/worker-client.js";
import { _ } from "../language/phrases.js";

const WORKER = new URL("planner-worker.js", import.meta.url);

export class Planner {
  #client = new WorkerClient(WORKER, {
    unavailable: _("the planner could not be loaded"),
    onLoss: () => { this.#isHeld = false; },
  });
  #tokens = "{}";
  #isHeld = true; // the worker has these tokens; a new one has none

  /**
   * @param {Iterable<[string, number]>} tokens how many are held of each, by id
   * @returns {Promise<Plans.Holdings>}
   */
  setHoldings(tokens) {
    this.#tokens = JSON.stringify(Object.fromEntries(tokens));
    this.#isHeld = true;
    return this.#request("setHoldings", { tokens: this.#tokens });
  }

  /**
   * @param {string} song its slug @param {number} start @param {number} count
   * @returns {Promise<Plans.Combination[]>}
   */
  combinations(song, start, count) {
    return this.#plan("combinations", { song, start, count });
  }

  /**
   * @param {string} song its slug @param {string} mix
   * @returns {Promise<Plans.Loss>}
   */
  forgingLoss(song, mix) {
    return this.#plan("forgingLoss", { song, mix });
  }

  /**
   * @param {Plans.Prices} prices
   * @returns {Promise<Plans.Completions>}
   */
  cheapestCompletions(prices) {
    return this.#plan("cheapestCompletions", { prices: JSON.stringify(prices) });
  }

  /** Terminate Python. */
  close() {
    this.#client.close();
  }

  /** @param {string} method @param {object} values */
  async #plan(method, values) {
    if (!this.#isHeld) {
      this.#isHeld = true;
      await this.#request("setHoldings", { tokens: this.#tokens });
    }
    return this.#request(method, values);
  }

  /** @param {string} method @param {object} values */
  async #request(method, values) {
    return JSON.parse(await this.#client.request(method, values));
  }
}
