// A take from what was recorded: only what changes something becomes a move.
/** @import { Command } from "./messages.js" */
/** @import { Move, Take, TakeLayer } from "../takes/format.js" */
/** @import { Entry, MixState, Recording } from "./take-log.js" */
import { CONTROLS } from "../takes/format.js";
import { fold } from "./take-log.js";

const FLOOR = -6000; // hundredths of a decibel

/**
 * @param {Recording} recording @param {Data.Song} song
 * @returns {Take}
 */
export function composeTake({ state, position, entries, end }, song) {
  const layers = song.layers.map(({ slug }) => ({ slug, stems: /** @type {string[]} */ ([]) }));
  const composer = new Composer(layers);
  const rows = state.rows.map(({ heard, volume, pan, mute, solo }, row) => ({
    stem: composer.stem(row, heard), volume: hundredths(volume), pan: millionths(pan), mute, solo,
  }));
  const pending = state.rows.flatMap(({ key, heard }, row) => (key === heard ? [] : [composer.move(1, CONTROLS.stemOnBar, row, composer.stem(row, key))]));
  const { master, loop } = state;
  const ordered = entries.toSorted((one, other) => one.frame - other.frame); // the browser's changes of gain need no lead
  const moves = ordered.flatMap((entry) => composer.moves(structuredClone(state), state, entry));
  const length = Math.max(end, 1, ...[...pending, ...moves].map(({ frame }) => frame));
  return {
    song: song.slug, rate: song.rate, frames: song.frames, length, layers, rows,
    master: hundredths(master), loop, position, moves: [...pending, ...moves].toSorted((one, other) => one.frame - other.frame),
  };
}

class Composer {
  #layers;

  /** @param {TakeLayer[]} layers that get the stems which are used */
  constructor(layers) {
    this.#layers = layers;
  }

  /**
   * The position of a stem among those that the take uses, from 1; 0 for none.
   * @param {number} row @param {string | null} slug "" for none
   */
  stem(row, slug) {
    const { stems } = this.#layers[row];
    if (!slug) return 0;
    if (!stems.includes(slug)) stems.push(slug);
    return stems.indexOf(slug) + 1;
  }

  /**
   * @param {number} frame @param {number} control @param {number} row @param {number} value
   * @returns {Move}
   */
  move(frame, control, row, value, end = 0) {
    return { frame, control, row, value, end };
  }

  /**
   * The moves that a command makes; `state` becomes that after it.
   * @param {MixState} before @param {MixState} state @param {Entry} entry
   * @returns {Move[]}
   */
  moves(before, state, { frame, command }) {
    fold(state, command);
    switch (command[0]) {
      case "place":
        return this.#place(before, frame, command);
      case "adjust":
        return this.#adjust(before, state, frame, command[1]);
      case "master":
        return before.master === state.master ? [] : [this.move(frame, CONTROLS.master, 0, hundredths(state.master))];
      case "loop":
        if (String(before.loop) === String(state.loop)) return [];
        return [this.move(frame, CONTROLS.loop, 0, ...(state.loop ?? /** @type {const} */ ([0, 0])))];
      case "locate":
        return [this.move(frame, CONTROLS.seek, 0, command[1])];
      default:
        return [];
    }
  }

  /** @param {MixState} before @param {number} frame @param {Extract<Command, ["place", ...any]>} command */
  #place(before, frame, [, row, key, when]) {
    if (before.rows[row].key === key) return [];
    return [this.move(frame, when === "bar" ? CONTROLS.stemOnBar : CONTROLS.stem, row, this.stem(row, key))];
  }

  /** @param {MixState} before @param {MixState} state @param {number} frame @param {number} row */
  #adjust(before, state, frame, row) {
    const [old, now] = [before.rows[row], state.rows[row]];
    const moves = [];
    if (old.mute !== now.mute) moves.push(this.move(frame, CONTROLS.mute, row, Number(now.mute)));
    if (old.solo !== now.solo) moves.push(this.move(frame, CONTROLS.solo, row, Number(now.solo)));
    if (old.volume !== now.volume) moves.push(this.move(frame, CONTROLS.volume, row, hundredths(now.volume)));
    if (old.pan !== now.pan) moves.push(this.move(frame, CONTROLS.pan, row, millionths(now.pan)));
    return moves;
  }
}

/** @param {number} decibels */
function hundredths(decibels) {
  return Math.max(FLOOR, Math.round(decibels * 100));
}

/** @param {number} pan */
function millionths(pan) {
  return Math.round(pan * 1e6);
}
