// Whether animations run: the visitor's choice, which site.js and the style sheets follow as well, or else the
// device's setting.
import { saveItem, readItem } from "../base/storage.js";
import { setPressed } from "../base/controls.js";

const MOTION = "stempress:motion"; // "on" or "off"; as in site.js
const page = document.documentElement;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export function isMotionOn() {
  return (page.dataset.motion ?? (calm.matches ? "off" : "on")) === "on";
}

/**
 * Let a button of the class "motion" switch animations on and off for the whole site.
 * @param {HTMLElement} button @param {AbortSignal} signal
 */
export function connectMotionButton(button, signal) {
  button.addEventListener("click", () => {
    page.dataset.motion = isMotionOn() ? "off" : "on";
    saveItem(MOTION, page.dataset.motion); // if that fails, it applies to this page alone
  }, { signal });
  setPressed(button, isMotionOn());
}

function show() {
  for (const button of document.querySelectorAll(".motion")) setPressed(button, isMotionOn());
}

const chosen = readItem(MOTION);
if (chosen) page.dataset.motion = chosen; // a page without site.js
new MutationObserver(show).observe(page, { attributeFilter: ["data-motion"] });
// eslint-disable-next-line local/listener-signal -- the device's setting concerns every page of the document
calm.addEventListener("change", show);
