// Whether what plays moves: a record that turns, rows that glow. What was chosen is remembered.
import { press, pressed } from "./words.js";

const STILL = "stempress:still";
const page = document.documentElement;

/** Let a button switch motion on and off, for every mixer of the site. */
export function joinMotion(button) {
  const show = (still) => {
    page.toggleAttribute("data-still", still);
    press(button, !still);
  };
  button.addEventListener("click", () => {
    show(pressed(button));
    keep(pressed(button) ? null : "yes");
  });
  show(kept() !== null);
}

function kept() {
  try {
    return localStorage.getItem(STILL);
  } catch {
    return null; // this browser keeps nothing
  }
}

function keep(value) {
  try {
    if (value === null) localStorage.removeItem(STILL);
    else localStorage.setItem(STILL, value);
  } catch {
    // then it holds for this page
  }
}
