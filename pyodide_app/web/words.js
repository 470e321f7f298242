// Figures in words, and the little things that all controls do.
import { _, fixed, number, percent } from "./phrases.js";

export const SILENT = -60; // dB: what the volumes' lowest place means
const MEGABYTE = 1e6;

export function pressed(key) {
  return key.getAttribute("aria-pressed") === "true";
}

export function press(key, down) {
  key.setAttribute("aria-pressed", String(down));
}

/** Put a fader back to where it began. */
export function reset(fader) {
  fader.value = fader.defaultValue;
  fader.dispatchEvent(new Event("input"));
}

/** Say a fader's value in words, to the eye and to a screen reader. */
export function speak(fader, words) {
  fader.setAttribute("aria-valuetext", words);
  fader.parentElement.querySelector(".value").textContent = words;
}

export function decibels(value) {
  const volume = Number(value);
  if (volume <= SILENT) return _("Silence");
  return `${volume > 0 ? "+" : ""}${number(volume).replace("-", "\u2212")} dB`;
}

export function side(value) {
  const position = Number(value);
  if (Math.round(100 * position) === 0) return _("Centre");
  const share = percent(Math.abs(position));
  return position < 0 ? _("%(share)s left", { share }) : _("%(share)s right", { share });
}

export function clock(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export function megabytes(bytes) {
  return fixed(bytes / MEGABYTE);
}
