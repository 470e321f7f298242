// The meters: levels, what they were at most of late, and the figures of a mastering desk.
import { _, fixed } from "./phrases.js";
import { SILENT } from "./words.js";

const HOLD_MS = 1500;
const FIGURES = ["left", "right", "gain", "truePeak", "momentary", "shortTerm", "integrated", "range"];
/** @type {WeakMap<HTMLElement, { share: number, until: number }>} */
const held = new WeakMap(); // what a meter has shown at most of late
const ABSOLUTE_GATE = -70; // LUFS: below it is nothing to speak of

/** Show peaks of the two sides, and Python's levels if there are any. */
export function showLevels(mixer, peaks, levels) {
  const bars = mixer.querySelectorAll(".meter span");
  peaks.forEach((peak, side) => showBar(bars[side], peak));
  const meter = mixer.querySelector(".meter");
  const loudest = Math.round(db(Math.max(...peaks)));
  meter.setAttribute("aria-valuenow", loudest);
  meter.setAttribute("aria-valuetext", loudest > SILENT ? `${fixed(loudest, 0)} dB` : _("silence"));
  if (levels) showFigures(mixer, levels);
  for (const [row, { element }] of mixer.rows.entries()) {
    const peak = levels?.[FIGURES.length + row] ?? 0;
    showBar(element, peak);
    element.toggleAttribute("data-clips", peak > 1);
  }
}

function showFigures(mixer, levels) {
  const figures = Object.fromEntries(FIGURES.map((name, at) => [name, levels[at]]));
  const write = (name, words) => {
    const place = mixer.querySelector(`.${name}`);
    if (place.textContent !== words) place.textContent = words;
    return place;
  };
  write("integrated", loudness(figures.integrated));
  write("momentary", loudness(figures.momentary));
  const peak = write("true-peak", figures.truePeak > 0 ? `${fixed(20 * Math.log10(figures.truePeak))} dBTP` : _("silence"));
  peak.classList.toggle("over", figures.truePeak > 1);
  const reduction = figures.gain < 1 ? 20 * Math.log10(figures.gain) : 0;
  write("limiter", `${fixed(reduction)} dB`).classList.toggle("over", reduction < -0.05);
}

function showBar(bar, peak) {
  const share = 1 - db(peak) / SILENT;
  const now = performance.now();
  const last = held.get(bar);
  if (!last || share >= last.share || now > last.until) held.set(bar, { share, until: now + HOLD_MS });
  bar.style.setProperty("--level", share.toFixed(3));
  bar.style.setProperty("--hold", held.get(bar).share.toFixed(3));
}

function db(level) {
  return level > 0 ? Math.min(0, Math.max(SILENT, 20 * Math.log10(level))) : SILENT;
}

function loudness(lufs) {
  return lufs > ABSOLUTE_GATE ? `${fixed(lufs)} LUFS` : _("silence");
}
