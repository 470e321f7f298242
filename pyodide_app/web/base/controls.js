// What all controls do.

/** @param {Element} key a button that stays down */
export function isPressed(key) {
  return key.getAttribute("aria-pressed") === "true";
}

/** @param {Element} key @param {boolean} down */
export function setPressed(key, down) {
  key.setAttribute("aria-pressed", String(down));
}

/**
 * Put a fader back to where it began.
 * @param {HTMLInputElement} fader
 */
export function resetFader(fader) {
  fader.value = fader.defaultValue;
  fader.dispatchEvent(new Event("input"));
}

/**
 * Say a fader's value in words, to the eye and to a screen reader.
 * @param {HTMLInputElement} fader @param {string} words
 */
export function describeFader(fader, words) {
  fader.setAttribute("aria-valuetext", words);
  const value = fader.parentElement?.querySelector(".value");
  if (value) value.textContent = words;
}
