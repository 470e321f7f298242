// Figures in words, and the little things that all controls do.

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
  if (volume <= SILENT) return "Silence";
  return `${volume > 0 ? "+" : ""}${String(volume).replace("-", "\u2212")} dB`;
}

export function side(value) {
  const percent = Math.round(Number(value) * 100);
  if (percent === 0) return "Centre";
  return `${Math.abs(percent)} % ${percent < 0 ? "left" : "right"}`;
}

export function clock(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export function megabytes(bytes) {
  return (bytes / MEGABYTE).toFixed(1);
}
