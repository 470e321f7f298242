// Runs the player's state machine: feeds it events one after the other, carries out its effects, and reports how its
// tasks ended.
/** @import { Act, Cause, Effect, Phase, PlayerEvent, State, Task } from "./player-state.js" */
import { WorkerLost } from "../base/worker-client.js";
import { MemoryBudgetError } from "./memory.js";
import { step } from "./player-machine.js";
import { INITIAL, phaseOf } from "./player-state.js";
import { StemError } from "./stems.js";

/** @typedef {Extract<Effect, { type: "run" }>} Run */
/**
 * Tasks end when their signal is aborted; what they still return or throw is ignored.
 * @typedef {object} Handlers
 * @property {Readonly<Record<Task, (signal: AbortSignal, run: Run) => Promise<unknown>>>} tasks
 * @property {Readonly<Record<Act, () => void>>} acts
 * @property {(row: number) => void} swap
 * @property {() => void} onStep called after every step
 */

export class StateRunner {
  /** @type {State} */
  state = INITIAL;
  #handlers;
  /** @type {PlayerEvent[]} */
  #events = []; // not handled yet
  #isRunning = false;
  /** @type {Map<Task, AbortController>} */
  #lives = new Map(); // of the tasks that run

  /** @param {Handlers} handlers */
  constructor(handlers) {
    this.#handlers = handlers;
  }

  /** @returns {Phase} */
  get phase() {
    return phaseOf(this.state);
  }

  /** @param {PlayerEvent} event */
  send(event) {
    this.#events.push(event);
    if (this.#isRunning) return; // an effect has caused it
    this.#isRunning = true;
    try {
      for (let next = this.#events.shift(); next; next = this.#events.shift()) this.#handle(next);
    } finally {
      this.#isRunning = false;
    }
  }

  /** @param {PlayerEvent} event */
  #handle(event) {
    const { state, effects } = step(this.state, event);
    this.state = state;
    for (const effect of effects) this.#carryOut(effect);
    this.#handlers.onStep();
  }

  /** @param {Effect} effect */
  #carryOut(effect) {
    if (effect.type === "run") this.#run(effect);
    else if (effect.type === "abort") this.#lives.get(effect.task)?.abort();
    else if (effect.type === "swap") this.#handlers.swap(effect.row);
    else this.#handlers.acts[effect.type]();
  }

  /** @param {Run} run */
  async #run(run) {
    const { task, id } = run;
    const life = new AbortController();
    this.#lives.set(task, life);
    try {
      const value = await this.#handlers.tasks[task](life.signal, run);
      this.send({ type: "done", task, id, value });
    } catch (error) {
      this.send({ type: "failed", task, id, fault: { cause: causeOf(error), error } });
    }
  }
}

/**
 * @param {unknown} error
 * @returns {Cause}
 */
export function causeOf(error) {
  if (error instanceof StemError || error instanceof MemoryBudgetError) return "stem";
  return error instanceof WorkerLost ? "loss" : "other";
}
