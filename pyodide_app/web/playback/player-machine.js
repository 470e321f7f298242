// The player's state machine: pure, without input, output or timers.
//
// Events are what the visitor wants and what has happened; effects are what playback.js does about them. What takes time
// is a task: it runs under an id, and what it reports is ignored unless it still runs. So nothing that was given up
// can have an effect later.
/** @import { Act, Deck, Effect, Fault, PlayerEvent, State, Task } from "./player-state.js" */
import { canPlay, INITIAL } from "./player-state.js";

/**
 * The next state, and what to do, in this order.
 * @param {State} state @param {PlayerEvent} event
 * @returns {{ state: State, effects: Effect[] }}
 */
export function step(state, event) {
  const transition = new Transition(state);
  transition.handle(event);
  transition.proceed();
  return { state: transition.state, effects: transition.effects };
}

class Transition {
  state;
  /** @type {Effect[]} */
  effects = [];

  /** @param {State} state */
  constructor(state) {
    this.state = state;
  }

  /** @param {PlayerEvent} event */
  handle(event) {
    switch (event.type) {
      case "prepare":
        this.#open();
        break;
      case "play":
        this.#play();
        break;
      case "pause":
        this.#pause();
        break;
      case "moved":
        this.#postponeHandover();
        break;
      case "choose":
        this.#choose(event.row);
        break;
      case "release":
        this.#reset({});
        break;
      case "fail":
        this.#fail(event.error);
        break;
      case "lost":
        if (event.deck === "python") this.#losePython(event.fault);
        else this.#loseFirst(event.fault);
        break;
      case "done":
        if (this.#end(event)) this.#succeed(event.task, event.value);
        break;
      case "failed":
        if (this.#end(event)) this.#giveUp(event.task, event.fault);
    }
  }

  /** Start what can be started now. */
  proceed() {
    const { isWanted, isPlaying, deck, starting, python, tasks } = this.state;
    const isPythonNext = python === "ready" && deck !== "first" && starting !== "first";
    if (isPythonNext && (this.state.hasStems || tasks.stems)) this.#retireFirst();
    if (isWanted && !isPlaying && !starting) {
      if (canPlay(this.state)) this.#start(isPythonNext ? "python" : "first");
      else if (!tasks.stems) this.#run("stems");
    }
    if (isPlaying && deck === "first" && python === "ready" && !tasks.handover && !tasks.retry) this.#run("handover");
  }

  /** Python has the stems, and plays alone. */
  #retireFirst() {
    this.#abort("stems");
    this.#set({ hasStems: false });
    this.#do("retire");
  }

  /** Load the stems, and Python. */
  #open() {
    this.#set({ failure: null });
    if (!canPlay(this.state) && !this.state.tasks.stems) this.#run("stems");
    if (this.state.python === "ready" || this.state.tasks.python) return;
    this.#set({ python: "none", refusal: null });
    this.#run("python");
  }

  #play() {
    this.#set({ isWanted: true, wasWanted: true, isRestarted: INITIAL.isRestarted });
    this.#open();
  }

  #pause() {
    if (!this.state.isWanted) return;
    this.#stop();
    this.#set({ isWanted: false });
    this.#do("rest");
  }

  /** Let nothing sound, nor begin to. */
  #stop() {
    this.#abort("start", "handover", "retry");
    this.#set({ isPlaying: false, starting: null });
    this.#do("silence");
  }

  /** Python was to take over at a frame that is no longer reached. */
  #postponeHandover() {
    if (!this.state.tasks.handover) return;
    this.#abort("handover");
    this.#run("retry");
  }

  /**
   * Decks that are set up change the stem in their own time; until then the chosen stems are loaded anew.
   * @param {number} row
   */
  #choose(row) {
    const { deck, starting, python, hasStems, tasks } = this.state;
    if (deck || python === "ready") this.effects.push({ type: "swap", row });
    if (deck || !(hasStems || tasks.stems)) return;
    if (starting === "first") this.#stop();
    this.#set({ hasStems: false });
    this.#run("stems");
  }

  /** @param {unknown} error */
  #fail(error) {
    if (this.state.isWanted) this.#do("rest");
    this.#reset({ failure: { error } });
  }

  /** @param {Partial<State>} state */
  #reset(state) {
    this.#abort("stems", "python", "start", "handover", "retry");
    this.#do("close");
    this.#set({ ...INITIAL, lastId: this.state.lastId, ...state });
  }

  /** @param {Fault} fault */
  #losePython(fault) {
    const { isWanted, isRestarted, deck, starting } = this.state;
    this.#abort("python", "handover", "retry");
    if (deck === "python" || starting === "python") {
      this.#stop();
      this.#set({ deck: null });
    }
    this.#do("close-python");
    const isAgain = fault.cause === "loss" && !isRestarted.python;
    this.#set({ python: isAgain || fault.cause === "stem" ? "none" : "refused", isRestarted: { ...isRestarted, python: true } });
    if (this.state.python === "refused") this.#set({ refusal: fault.error });
    else if (isAgain && isWanted) this.#run("python");
  }

  /**
   * The first deck decodes for Python, too: both start again, once.
   * @param {Fault} fault
   */
  #loseFirst(fault) {
    const { isWanted, wasWanted, isRestarted } = this.state;
    if (fault.cause !== "loss" || isRestarted.first) {
      this.#fail(fault.error);
      return;
    }
    this.#reset({ isWanted, wasWanted, isRestarted: { ...isRestarted, first: true } });
    if (isWanted) this.#open();
  }

  /** @param {Task} task @param {unknown} value */
  #succeed(task, value) {
    if (task === "stems") this.#set({ hasStems: true });
    if (task === "python") this.#set({ python: "ready" });
    if (task === "start") this.#set({ deck: this.state.starting, starting: null, isPlaying: true });
    if (task === "handover" && value) this.#set({ deck: "python" });
    if (task === "handover" && !value) this.#run("retry");
  }

  /** @param {Task} task @param {Fault} fault */
  #giveUp(task, fault) {
    const isPythons = task === "python" || task === "handover" || (task === "start" && this.state.starting === "python");
    if (isPythons) this.#losePython(fault);
    else this.#fail(fault.error);
  }

  /** @param {Deck} deck */
  #start(deck) {
    const isFresh = deck !== this.state.deck;
    this.#set({ starting: deck });
    this.#run("start", { deck, isFresh });
  }

  /** @param {Task} task @param {{ deck: Deck, isFresh: boolean }} [details] */
  #run(task, details) {
    this.#abort(task);
    const id = this.state.lastId + 1;
    this.#set({ lastId: id, tasks: { ...this.state.tasks, [task]: id } });
    this.effects.push({ type: "run", task, id, ...details });
  }

  /** @param {Task[]} tasks */
  #abort(...tasks) {
    for (const task of tasks.filter((each) => this.state.tasks[each])) {
      this.#set({ tasks: { ...this.state.tasks, [task]: 0 } });
      this.effects.push({ type: "abort", task });
    }
  }

  /**
   * Take a task from those that run; false if it has been given up.
   * @param {{ task: Task, id: number }} event
   */
  #end({ task, id }) {
    if (this.state.tasks[task] !== id) return false;
    this.#set({ tasks: { ...this.state.tasks, [task]: 0 } });
    return true;
  }

  /** @param {Act} type */
  #do(type) {
    this.effects.push({ type });
  }

  /** @param {Partial<State>} changes */
  #set(changes) {
    this.state = { ...this.state, ...changes };
  }
}
