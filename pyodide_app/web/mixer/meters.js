// The mixer's meters: levels with peak hold, loudness, true peak and gain reduction. Bars move with every frame;
// figures are written twice a second, since every change of a text lays it out anew.
/** @import { MixerRow } from "./row.js" */
import { LevelBar } from "../meters/level-bar.js";
import { find, findAll, setText } from "../base/dom.js";
import { _, formatDecimal } from "../language/phrases.js";
import { SILENT } from "../language/units.js";

const FIGURES_MS = 500;
const CLIP_MS = 1500; // how long a row says that it has clipped
const FIGURES = /** @type {const} */ (["left", "right", "gain", "truePeak", "momentary", "shortTerm", "integrated", "range"]);
const UNKNOWN = "–";
const ABSOLUTE_GATE = -70; // LUFS, as in EBU R 128

/** @typedef {Record<typeof FIGURES[number], number>} Figures of the master, as levels.py lists them */
/** @typedef {{ playing: boolean, peaks: readonly number[], levels?: Float32Array | null }} Reading levels: the figures, then a peak for each row */

export class Meters {
  #mixer;
  #bars;
  #wasPlaying = false;
  #written = 0; // when the figures were, in milliseconds
  /** @type {Figures | null} */
  #figures = null; // since then
  #loudest = 0; // peak, since then
  /** @type {WeakMap<MixerRow, number>} */
  #clipped = new WeakMap(); // when, in milliseconds

  /** @param {HTMLElement} mixer @param {AbortSignal} signal */
  constructor(mixer, signal) {
    this.#mixer = mixer;
    this.#bars = [...findAll(mixer, ".meter span")].map((bar) => new LevelBar(bar, signal));
  }

  /**
   * Show what is heard: the peaks of both channels, and the engine's levels if there are any.
   * @param {Reading} reading @param {readonly MixerRow[]} rows
   */
  show({ playing, peaks, levels }, rows) {
    const now = performance.now();
    const heard = playing ? peaks : [0, 0];
    if (!playing) this.#clipped = new WeakMap(); // nothing is reported any more that would clear it
    for (const [side, peak] of heard.entries()) this.#bars[side]?.report(shareOf(peak));
    for (const [nth, row] of rows.entries()) {
      this.#showRow(row, (playing && levels?.[FIGURES.length + nth]) || 0, now);
    }
    if (playing && levels) this.#gather(levels);
    this.#loudest = Math.max(this.#loudest, ...heard);
    const isDue = playing !== this.#wasPlaying || now - this.#written >= FIGURES_MS;
    this.#wasPlaying = playing;
    if (!isDue) return;
    this.#written = now;
    this.#write(playing ? this.#loudest : 0);
  }

  /** @param {MixerRow} row @param {number} peak @param {number} now */
  #showRow(row, peak, now) {
    row.report(shareOf(peak));
    if (peak > 1) this.#clipped.set(row, now);
    row.element.toggleAttribute("data-clips", now - (this.#clipped.get(row) ?? -Infinity) < CLIP_MS);
  }

  /** @param {Float32Array} levels */
  #gather(levels) {
    const figures = /** @type {Figures} */ (Object.fromEntries(FIGURES.map((name, nth) => [name, levels[nth]])));
    figures.gain = Math.min(figures.gain, this.#figures?.gain ?? 1);
    this.#figures = figures;
  }

  /** @param {number} loudest */
  #write(loudest) {
    const decibels = Math.round(toDecibels(loudest));
    const meter = find(this.#mixer, ".meter");
    meter.setAttribute("aria-valuenow", String(decibels));
    meter.setAttribute("aria-valuetext", decibels > SILENT ? `${formatDecimal(decibels, 0)} dB` : _("silence"));
    if (this.#figures) this.#writeFigures(this.#figures);
    this.#figures = null;
    this.#loudest = 0;
  }

  /** @param {Figures} figures */
  #writeFigures({ integrated, momentary, truePeak, gain }) {
    /** @param {string} name @param {string} words */
    const write = (name, words, isOver = false) => {
      const element = find(this.#mixer, `.${name}`);
      setText(element, words);
      element.classList.toggle("over", isOver);
    };
    const silence = integrated > ABSOLUTE_GATE || truePeak === 0 ? _("silence") : UNKNOWN; // what is heard has first to be measured
    write("integrated", loudness(integrated, silence));
    write("momentary", loudness(momentary, silence));
    write("true-peak", truePeak > 0 ? `${formatDecimal(20 * Math.log10(truePeak))} dBTP` : _("silence"), truePeak > 1);
    const reduction = gain < 1 ? 20 * Math.log10(gain) : 0;
    write("limiter", `${formatDecimal(reduction)} dB`, reduction < -0.05);
  }
}

/** @param {number} peak */
function shareOf(peak) {
  return 1 - toDecibels(peak) / SILENT;
}

/** @param {number} level */
function toDecibels(level) {
  return level > 0 ? Math.min(0, Math.max(SILENT, 20 * Math.log10(level))) : SILENT;
}

/** @param {number} lufs @param {string} silence what to say of less than can be measured */
function loudness(lufs, silence) {
  return lufs > ABSOLUTE_GATE ? `${formatDecimal(lufs)} LUFS` : silence;
}
