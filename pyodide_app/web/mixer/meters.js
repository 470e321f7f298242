// The meters: levels with peak hold, loudness, true peak and gain reduction.
import { find, setText } from "../base/dom.js";
import { _, formatDecimal } from "../language/phrases.js";
import { SILENT } from "../language/units.js";

const HOLD_MS = 1500;
const FIGURES = /** @type {const} */ (["left", "right", "gain", "truePeak", "momentary", "shortTerm", "integrated", "range"]);
/** @type {WeakMap<HTMLElement, { share: number, until: number }>} */
const held = new WeakMap(); // peak hold, by meter
const ABSOLUTE_GATE = -70; // LUFS, as in EBU R 128

/** @typedef {HTMLElement & { rows: readonly { element: HTMLElement }[] }} Mixer what is shown */
/** @typedef {Record<typeof FIGURES[number], number>} Figures of the master, as levels.py lists them */

/**
 * Show the peaks of both channels, and the engine's levels if there are any.
 * @param {Mixer} mixer @param {readonly number[]} peaks
 * @param {Float32Array | null} levels the figures, then a peak for each row
 */
export function updateMeters(mixer, peaks, levels) {
  const meter = find(mixer, ".meter");
  const bars = /** @type {NodeListOf<HTMLElement>} */ (meter.querySelectorAll("span"));
  for (const [side, peak] of peaks.entries()) showBar(bars[side], peak);
  const loudest = Math.round(toDecibels(Math.max(...peaks)));
  meter.setAttribute("aria-valuenow", String(loudest));
  meter.setAttribute("aria-valuetext", loudest > SILENT ? `${formatDecimal(loudest, 0)} dB` : _("silence"));
  if (levels) showFigures(mixer, levels);
  for (const [row, { element }] of mixer.rows.entries()) {
    const peak = levels?.[FIGURES.length + row] ?? 0;
    showBar(element, peak);
    element.toggleAttribute("data-clips", peak > 1);
  }
}

/** @param {Mixer} mixer @param {Float32Array} levels */
function showFigures(mixer, levels) {
  const figures = /** @type {Figures} */ (Object.fromEntries(FIGURES.map((name, nth) => [name, levels[nth]])));
  /** @param {string} name @param {string} words */
  const write = (name, words) => {
    const element = find(mixer, `.${name}`);
    setText(element, words);
    return element;
  };
  write("integrated", loudness(figures.integrated));
  write("momentary", loudness(figures.momentary));
  const peak = write("true-peak", figures.truePeak > 0 ? `${formatDecimal(20 * Math.log10(figures.truePeak))} dBTP` : _("silence"));
  peak.classList.toggle("over", figures.truePeak > 1);
  const reduction = figures.gain < 1 ? 20 * Math.log10(figures.gain) : 0;
  write("limiter", `${formatDecimal(reduction)} dB`).classList.toggle("over", reduction < -0.05);
}

/** @param {HTMLElement} bar @param {number} peak */
function showBar(bar, peak) {
  const share = 1 - toDecibels(peak) / SILENT;
  const now = performance.now();
  let hold = held.get(bar);
  if (!hold || share >= hold.share || now > hold.until) {
    hold = { share, until: now + HOLD_MS };
    held.set(bar, hold);
  }
  bar.style.setProperty("--level", share.toFixed(3));
  bar.style.setProperty("--hold", hold.share.toFixed(3));
}

/** @param {number} level */
function toDecibels(level) {
  return level > 0 ? Math.min(0, Math.max(SILENT, 20 * Math.log10(level))) : SILENT;
}

/** @param {number} lufs */
function loudness(lufs) {
  return lufs > ABSOLUTE_GATE ? `${formatDecimal(lufs)} LUFS` : _("silence");
}
