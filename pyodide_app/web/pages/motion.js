// Whether anything moves: as the visitor has chosen, which site.js and the style sheets go by, or else as
// the device asks.
import { note, recall } from "../base/storage.js";
import { press } from "../base/controls.js";

const MOTION = "stempress:motion"; // "on" or "off"; as in site.js
const page = document.documentElement;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export function moves() {
  return (page.dataset.motion ?? (calm.matches ? "off" : "on")) === "on";
}

/** Let a button of the class "motion" switch motion on and off, for the whole site. */
export function joinMotion(button) {
  button.addEventListener("click", () => {
    page.dataset.motion = moves() ? "off" : "on";
    note(MOTION, page.dataset.motion); // where nothing is kept, it holds for this page
  });
  press(button, moves());
}

function show() {
  for (const each of document.querySelectorAll(".motion")) press(each, moves());
}

const chosen = recall(MOTION);
if (chosen) page.dataset.motion = chosen; // a page without site.js
new MutationObserver(show).observe(page, { attributeFilter: ["data-motion"] });
calm.addEventListener("change", show);
