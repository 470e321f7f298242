// Whether what plays moves: a record that turns, rows that glow. What was chosen is remembered.
import { note, recall } from "./storage.js";
import { press, pressed } from "./words.js";

const STILL = "stempress:still";
const page = document.documentElement;

/** Let a button of the class "motion" switch motion on and off, for all that plays on the site. */
export function joinMotion(button) {
  const show = (still) => {
    page.toggleAttribute("data-still", still);
    for (const each of [button, ...document.querySelectorAll(".motion")]) press(each, !still);
  };
  button.addEventListener("click", () => {
    show(pressed(button));
    note(STILL, pressed(button) ? null : "yes"); // where nothing is kept, it holds for this page
  });
  show(recall(STILL) !== null);
}

