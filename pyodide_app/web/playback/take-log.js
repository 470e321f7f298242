// What a deck has applied: the state of its rows at its last reset, and every change since that may still be ahead of what
// is heard. Keys are whatever its commands have.
/** @import { Applied, Command, Position, RowSettings } from "./messages.js" */

/** @import { MixSettings } from "./mix-settings.js" */
/** @import { Deck } from "./player-state.js" */

/** @typedef {RowSettings & { key: string | null, heard: string | null }} RowState heard: the stem until the next bar, else the key's */
/** @typedef {{ rows: RowState[], master: number, loop: [start: number, end: number] | null }} MixState */
/** @typedef {{ frame: number, songFrame: number }} Start */
/** @typedef {{ frame: number, command: Command }} Entry of a take */
/**
 * @typedef {object} Recording
 * @property {Deck} deck that is heard
 * @property {number} offset from its frames to those of the take
 * @property {MixState} state at the beginning; its keys are stems' slugs
 * @property {number} position in the song then, in frames
 * @property {Entry[]} entries
 * @property {number} end so far
 */

export class TakeLog {
  /** @type {Position | null} */
  last = null; // where the deck was, as reported last
  /** @type {{ frame: number, contextFrame: number } | null} */
  anchor = null; // and at which frame of the context
  /** @type {Start} */
  start = { frame: 0, songFrame: 0 }; // of what has been played since the last reset
  /** @type {Applied[]} */
  later = []; // changes that are not part of the state
  /** @type {MixState} */
  #state;

  /** @param {number} rows */
  constructor(rows) {
    this.#state = {
      rows: Array.from({ length: rows }, () => ({ key: null, heard: null, volume: 0, pan: 0, mute: false, solo: false })),
      master: 0,
      loop: null,
    };
  }

  /** @param {Applied} applied */
  add(applied) {
    if (!applied.isReset) {
      this.later.push(applied);
      return;
    }
    this.#fold(this.later);
    this.later = [];
    for (const row of this.#state.rows) row.heard = row.key; // swaps are completed
    this.#fold([applied]);
    this.start = { frame: applied.frame, songFrame: applied.songFrame };
    this.last = this.anchor = null;
  }

  /** @param {Position} position */
  follow(position) {
    const { frame, contextFrame } = position;
    this.last = position;
    if (contextFrame !== undefined) this.anchor = { frame, contextFrame };
  }

  /**
   * What has been heard becomes part of the state.
   * @param {Position} position
   */
  settle({ frame, waiting }) {
    this.#fold(this.later.filter((applied) => applied.frame <= frame));
    this.later = this.later.filter((applied) => applied.frame > frame);
    for (const [nth, row] of this.#state.rows.entries()) if (!waiting.includes(nth)) row.heard = row.key;
  }

  /**
   * The state at a frame, and what changes later.
   * @param {number} frame
   */
  at(frame) {
    const state = structuredClone(this.#state);
    for (const applied of this.later.filter((each) => each.frame <= frame)) for (const command of applied.commands) fold(state, command);
    return { state, later: this.later.filter((each) => each.frame > frame) };
  }

  /** @param {Pick<MixSettings, "rows" | "master" | "loop">} settings */
  assume({ rows, master, loop }) {
    this.later = [];
    this.#state = { rows: rows.map(({ stem, ...row }) => ({ ...row, key: stem, heard: stem })), master, loop };
  }

  /** The state, as commands. @returns {Command[]} */
  get commands() {
    const { rows, master, loop } = this.#state;
    return [
      ...rows.flatMap(({ key, volume, pan, mute, solo }, row) => /** @type {Command[]} */ ([["place", row, key], ["adjust", row, volume, pan, mute, solo]])),
      ["master", master],
      loop ? ["loop", ...loop] : ["loop"],
    ];
  }

  /** @param {Applied[]} changes */
  #fold(changes) {
    for (const { commands } of changes) for (const command of commands) fold(this.#state, command);
  }
}

/**
 * Apply a command to a state; seeks leave it as it is.
 * @param {MixState} state @param {Command} command
 */
export function fold(state, command) {
  switch (command[0]) {
    case "place": {
      const row = state.rows[command[1]];
      row.key = command[2];
      if (command[3] !== "bar") row.heard = row.key;
      break;
    }
    case "adjust": {
      const [, row, volume, pan, mute, solo] = command;
      Object.assign(state.rows[row], { volume, pan, mute, solo });
      break;
    }
    case "master":
      state.master = command[1];
      break;
    case "loop":
      state.loop = command.length === 3 ? [command[1], command[2]] : null;
  }
}
