// Python's session as a renderer.
/** @import { Command } from "./messages.js" */
/** @import { Renderer } from "./feed.js" */
import { NotArrived } from "../streaming/stem-source.js";

const NOT_ARRIVED = "NotArrivedError"; // of the engine

/**
 * The part of session.py's Session that renders. Frames count from the last rebase.
 * @typedef {object} PlayingSession
 * @property {(frame: number) => void} rebase
 * @property {() => void} reset_levels
 * @property {(frame: number) => number} song_frame -1 after the song's end
 * @property {(frame: number, levels: Float32Array) => void} levels
 * @property {(frame: number) => string} pending_swaps JSON
 * @property {(commands: string, frame: number) => void} apply_commands JSON
 * @property {(frame: number) => void} reapply
 * @property {(frame: number, samples: Float32Array) => void} render
 */

/**
 * Whether Python failed because samples have not arrived.
 * @param {unknown} error
 */
export function isNotArrived(error) {
  return error instanceof Error && error.message.includes(NOT_ARRIVED);
}

/** @implements {Renderer} */
export class SessionRenderer {
  #session;

  /** @param {PlayingSession} session */
  constructor(session) {
    this.#session = session;
  }

  /** @param {number} frame @param {Float32Array} samples */
  render(frame, samples) {
    this.#run(() => this.#session.render(frame, samples));
  }

  /** @param {Command[]} commands @param {number} frame */
  applyCommands(commands, frame) {
    this.#run(() => this.#session.apply_commands(JSON.stringify(commands), frame));
  }

  /** @param {number} frame */
  reapply(frame) {
    this.#run(() => this.#session.reapply(frame));
  }

  /** @param {number} frame */
  rebase(frame) {
    this.#session.rebase(frame);
  }

  /** @param {number} frame */
  songFrame(frame) {
    return this.#session.song_frame(frame);
  }

  /** @param {number} frame @returns {number[]} */
  pendingSwaps(frame) {
    return JSON.parse(this.#session.pending_swaps(frame));
  }

  /** @param {number} frame @param {Float32Array} levels */
  readLevels(frame, levels) {
    this.#run(() => this.#session.levels(frame, levels));
  }

  resetLevels() {
    this.#session.reset_levels();
  }

  /** @param {() => void} act */
  #run(act) {
    try {
      act();
    } catch (error) {
      throw isNotArrived(error) ? new NotArrived() : error;
    }
  }
}
