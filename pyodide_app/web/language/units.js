// Quantities with their units, in the site's language.
import { _, formatDecimal, formatNumber, formatPercent } from "./phrases.js";

export const SILENT = -60; // dB: the bottom of the volume faders
const MEGABYTE = 1e6;

/** @param {number | string} value */
export function formatDecibels(value) {
  const volume = Number(value);
  if (volume <= SILENT) return _("Silence");
  return `${volume > 0 ? "+" : ""}${formatNumber(volume).replace("-", "\u2212")} dB`;
}

/** @param {number | string} value from -1 to 1 */
export function formatPan(value) {
  const position = Number(value);
  if (Math.round(100 * position) === 0) return _("Centre");
  const share = formatPercent(Math.abs(position));
  return position < 0 ? _("%(share)s left", { share }) : _("%(share)s right", { share });
}

/** @param {number} seconds */
export function formatTime(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** @param {number} bytes */
export function formatMegabytes(bytes) {
  return formatDecimal(bytes / MEGABYTE);
}
