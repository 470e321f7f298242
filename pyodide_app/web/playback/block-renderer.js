// Renders a streamed song until Python has loaded. It takes the same commands as session.py.
/** @import { Command } from "./messages.js" */
/** @import { Renderer } from "./feed.js" */
import { Mixer } from "../mixing/mixer.js";

const MASTER_READINGS = 8; // as levels.py lists them; here the peaks alone are measured
const PEAK_SECONDS = 0.05;

/** @typedef {{ rate: number, frames: number, rows: number, bars: number, bpm: number }} SongFormat */
/** @typedef {import("../mixing/mixer.js").Stem} Stem */

/** @implements {Renderer} */
export class BlockRenderer {
  #mixer;
  #previous;
  #stemOf;
  #rate;
  /** @type {Command[]} */
  #commands = [];
  /** @type {{ frame: number, left: number, right: number, rows: number[] }[]} */
  #peaks = []; // of the latest blocks

  /** @param {SongFormat} song @param {(key: string) => Stem | null} stemOf */
  constructor(song, stemOf) {
    this.#mixer = new Mixer(song);
    this.#previous = this.#mixer.fork();
    this.#stemOf = stemOf;
    this.#rate = song.rate;
  }

  /** @param {number} frame @param {Float32Array} samples */
  render(frame, samples) {
    const rows = this.#mixer.render(frame, samples);
    const count = samples.length / 2;
    const [left, right] = [peakOf(samples.subarray(0, count)), peakOf(samples.subarray(count))];
    this.#peaks = this.#peaks.filter((block) => block.frame < frame && block.frame > frame - this.#rate);
    this.#peaks.push({ frame, left, right, rows });
  }

  /** @param {Command[]} commands @param {number} frame */
  applyCommands(commands, frame) {
    this.#previous = this.#mixer.fork();
    this.#commands = commands;
    this.#run(frame);
  }

  /** @param {number} frame */
  reapply(frame) {
    this.#mixer = this.#previous.fork();
    this.#run(frame);
  }

  /** @param {number} frame */
  rebase(frame) {
    this.#mixer.rebase(frame);
    this.#peaks = [];
  }

  /** @param {number} frame */
  songFrame(frame) {
    return this.#mixer.songFrame(frame);
  }

  /** @param {number} frame */
  pendingSwaps(frame) {
    return this.#mixer.pendingSwaps(frame);
  }

  /** @param {number} frame @param {Float32Array} levels */
  readLevels(frame, levels) {
    const heard = this.#peaks.filter((block) => block.frame <= frame && block.frame > frame - PEAK_SECONDS * this.#rate - 2048);
    levels.fill(0);
    for (const { left, right, rows } of heard) {
      levels[0] = Math.max(levels[0], left);
      levels[1] = Math.max(levels[1], right);
      rows.forEach((peak, row) => (levels[MASTER_READINGS + row] = Math.max(levels[MASTER_READINGS + row], peak)));
    }
    levels[2] = 1; // nothing is limited
    levels.fill(NaN, 3, MASTER_READINGS);
  }

  resetLevels() {}

  /** @param {number} frame */
  #run(frame) {
    for (const command of this.#commands) {
      switch (command[0]) {
        case "place":
          this.#mixer.place(command[1], command[2] === null ? null : this.#stemOf(command[2]), frame, command[3]);
          break;
        case "adjust": {
          const [, row, volume, pan, mute, solo] = command;
          this.#mixer.adjust(row, { volume, pan, mute, solo }, frame);
          break;
        }
        case "master":
          this.#mixer.setMaster(command[1], frame);
          break;
        case "locate":
          this.#mixer.locate(command[1], frame);
          break;
        case "loop":
          this.#mixer.setLoop(command.length === 3 ? [command[1], command[2]] : null, frame);
          break;
      }
    }
  }
}

/** @param {Float32Array} samples */
function peakOf(samples) {
  return samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);
}
