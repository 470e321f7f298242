// Helpers for buttons, toggle buttons and faders.
import { createElement } from "./dom.js";

/** @param {string} words @param {() => unknown} act @param {AbortSignal} signal */
export function createKey(words, act, signal, kind = "") {
  const button = createElement("button", { type: "button", class: `key ${kind}`.trim() }, words);
  button.addEventListener("click", act, { signal });
  return button;
}

/** @param {Element} key a toggle button */
export function isPressed(key) {
  return key.getAttribute("aria-pressed") === "true";
}

/** @param {Element} key @param {boolean} down */
export function setPressed(key, down) {
  key.setAttribute("aria-pressed", String(down));
}

/**
 * Disable or enable a button; if it has the focus, that goes to the button that is of use now, and not to the page.
 * @param {HTMLButtonElement} button @param {boolean} isDisabled @param {HTMLButtonElement} next
 */
export function setDisabled(button, isDisabled, next) {
  const hasFocus = button.matches(":focus");
  button.disabled = isDisabled;
  if (isDisabled && hasFocus) next.focus({ preventScroll: true });
}

/**
 * Reset a fader to its default value.
 * @param {HTMLInputElement} fader
 */
export function resetFader(fader) {
  fader.value = fader.defaultValue;
  fader.dispatchEvent(new Event("input"));
}

/**
 * Show a fader's value as text, on the page and to screen readers.
 * @param {HTMLInputElement} fader @param {string} words
 */
export function describeFader(fader, words) {
  fader.setAttribute("aria-valuetext", words);
  const value = fader.parentElement?.querySelector(".value");
  if (value) value.textContent = words;
}
