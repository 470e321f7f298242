// The forge planner's worker, asked and answered: every method of Python's Planner, as a promise.
import { _ } from "../language/phrases.js";
const WORKER = new URL("planner-worker.js", import.meta.url);

export class Planner {
  #worker = null;
  #asked = new Map();
  #last = 0;

  hold(tokens) {
    return this.#ask("set_holdings", JSON.stringify(Object.fromEntries(tokens)));
  }

  combinations(song, start, count) {
    return this.#ask("combinations", song, start, count);
  }

  weigh(song, mix) {
    return this.#ask("forging_loss", song, mix);
  }

  complete(prices) {
    return this.#ask("cheapest_completions", JSON.stringify(prices));
  }

  /** Let go of Python. */
  close() {
    this.#worker?.terminate();
    this.#worker = null;
  }

  #ask(method, ...values) {
    this.#worker ??= this.#start();
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.#worker.postMessage({ id, method, values });
    });
  }

  #start() {
    const worker = new Worker(WORKER, { type: "module" });
    worker.onmessage = ({ data: { id, value, message } }) => {
      const { resolve, reject } = this.#asked.get(id);
      this.#asked.delete(id);
      if (message === undefined) resolve(JSON.parse(value));
      else reject(new Error(message));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      for (const { reject } of this.#asked.values()) reject(new Error(_("the planner couldn't be loaded")));
      this.#asked.clear();
      this.#worker = null;
    };
    return worker;
  }
}
