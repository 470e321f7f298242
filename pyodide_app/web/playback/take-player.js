// Plays takes: Python takes their moves at their frames; here they are followed, so that the settings are those that are heard.
/** @import { Decks } from "./decks.js" */
/** @import { Applied, Command, Position } from "./messages.js" */
/** @import { MixSettings } from "./mix-settings.js" */
/** @import { PythonDeck } from "./python-deck.js" */
/** @import { StemSupply } from "./stem-supply.js" */
/** @import { StemSwaps } from "./stem-swaps.js" */
/** @import { TakeRecorder } from "./take-recorder.js" */
/** @import { Take } from "../takes/format.js" */
import { TakeFollower } from "./take-follower.js";

/**
 * What it needs of the player.
 * @typedef {object} Playback
 * @property {MixSettings} settings @property {Decks} decks @property {StemSupply} supply @property {StemSwaps} swaps
 * @property {TakeRecorder} recorder
 * @property {() => Promise<PythonDeck>} openPython
 * @property {() => Promise<void>} silenced pauses
 */

export class TakePlayer {
  #playback;
  #onOver;
  /** @type {TakeFollower | null} */
  #follower = null;
  /** @type {Command | null} */
  #command = null;

  /** @param {Playback} playback @param {(detail: { isInterrupted: boolean }) => void} onOver */
  constructor(playback, onOver) {
    this.#playback = playback;
    this.#onOver = onOver;
  }

  /** What Python is told when it starts; null: no take is to be played. */
  get command() {
    return this.#command;
  }

  /**
   * Let Python play a take from its beginning, once Play is pressed; resolves when it can.
   * @param {Take} take of the song, at its rate @param {string} text
   */
  async set(take, text) {
    const { settings, supply, swaps, recorder } = this.#playback;
    this.end(true);
    const python = await this.#playback.openPython();
    const { parts, keys } = settings.takeParts(take);
    supply.check(parts);
    supply.keep(parts);
    await supply.give(python, parts);
    await this.#playback.silenced();
    settings.beginTake(take);
    swaps.assume();
    this.#follower = new TakeFollower(take);
    this.#command = ["take", text, keys];
    await python.apply([this.#command]);
    recorder.assume("python", settings);
  }

  /**
   * The take is over, or the visitor has touched a control: what is heard goes on with the settings as they are.
   * @param {boolean} isInterrupted by the visitor
   */
  end(isInterrupted) {
    if (!this.#command) return;
    this.#command = this.#follower = null;
    const { settings, supply, swaps, decks, recorder } = this.#playback;
    supply.keep([]);
    swaps.assume();
    decks.apply(...settings.rows.map((row, nth) => settings.adjustCommand(nth)), ["master", settings.master], settings.loopCommand);
    recorder.assume("python", settings);
    this.#onOver({ isInterrupted });
  }

  /** @param {Applied} applied by Python's deck */
  note(applied) {
    this.#follower?.note(applied);
  }

  /**
   * Whether moves have been heard.
   * @param {Position} position of Python's deck
   */
  follow(position) {
    const moves = this.#follower?.follow(position) ?? [];
    for (const move of moves) this.#playback.settings.followMove(/** @type {TakeFollower} */ (this.#follower).take, move);
    return moves.length > 0;
  }
}
