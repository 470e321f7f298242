// The states of a player, the events that change them, and the effects that a change has. player-machine.js says which.

/** @typedef {"idle" | "loading" | "ready" | "playing" | "paused" | "failed"} Phase */
/** @typedef {"first" | "python"} Deck first: plays until Python takes over, or where Python cannot run */
/**
 * Tasks: stems: load the chosen ones; python: start Python and give it the stems; start: play a deck; handover: from the
 * first deck to Python; retry: wait before another handover.
 * @typedef {"stems" | "python" | "start" | "handover" | "retry"} Task
 */
/** @typedef {"stem" | "loss" | "other"} Cause of an error. stem: one cannot be loaded, or does not fit in memory; loss: a worker died after it had started */
/** @typedef {{ cause: Cause, error: unknown }} Fault */
/**
 * Deck: the one that is set up; null: none is. refused: Python failed, and is not started again until the visitor asks.
 * @typedef {object} State
 * @property {boolean} isWanted the visitor pressed Play
 * @property {boolean} wasWanted it has been pressed since the song was opened
 * @property {boolean} hasStems the chosen stems are loaded
 * @property {"none" | "ready" | "refused"} python
 * @property {unknown} refusal why Python was refused
 * @property {Deck | null} deck
 * @property {Deck | null} starting the deck of the task "start"
 * @property {boolean} isPlaying the deck plays
 * @property {{ error: unknown } | null} failure
 * @property {Readonly<Record<Task, number>>} tasks ids of those that run; 0: it does not
 * @property {number} lastId
 * @property {Readonly<Record<Deck, boolean>>} isRestarted whether the deck's worker was restarted since the last press of Play
 */
/**
 * moved: the position or the loop was changed. fail: playback is impossible. lost: a deck died.
 * @typedef {{ type: "prepare" | "play" | "pause" | "moved" | "release" }
 *     | { type: "choose", row: number }
 *     | { type: "fail", error: unknown }
 *     | { type: "lost", deck: Deck, fault: Fault }
 *     | { type: "done", task: Task, id: number, value?: unknown }
 *     | { type: "failed", task: Task, id: number, fault: Fault }} PlayerEvent
 */
/**
 * silence: pause all decks. retire: Python needs the first deck no longer. rest: the visitor wants no sound.
 * @typedef {"silence" | "retire" | "close" | "close-python" | "rest"} Act
 */
/**
 * isFresh: the deck has not been set up. swap: a row's stem has changed.
 * @typedef {{ type: "run", task: Task, id: number, deck?: Deck, isFresh?: boolean }
 *     | { type: "abort", task: Task }
 *     | { type: Act }
 *     | { type: "swap", row: number }} Effect
 */

/** @type {State} */
export const INITIAL = Object.freeze({
  isWanted: false,
  wasWanted: false,
  hasStems: false,
  python: "none",
  refusal: null,
  deck: null,
  starting: null,
  isPlaying: false,
  failure: null,
  tasks: Object.freeze({ stems: 0, python: 0, start: 0, handover: 0, retry: 0 }),
  lastId: 0,
  isRestarted: Object.freeze({ first: false, python: false }),
});

/**
 * What the visitor is shown.
 * @param {State} state
 * @returns {Phase}
 */
export function phaseOf(state) {
  if (state.failure) return "failed";
  if (state.isWanted) return state.isPlaying ? "playing" : "loading";
  if (state.wasWanted) return "paused";
  if (canPlay(state)) return "ready";
  return state.tasks.stems ? "loading" : "idle";
}

/** Whether a deck can start. @param {State} state */
export function canPlay({ hasStems, python }) {
  return hasStems || python === "ready";
}
