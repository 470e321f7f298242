// The song's sections: each has a button that loops it, and the one that is heard is marked.
/** @import { Section } from "./section-times.js" */
/** @import { StemMixer } from "./stem-mixer.js" */
import { attempt } from "./attempts.js";
import { isPressed, setPressed } from "../base/controls.js";
import { sectionsOf } from "./section-times.js";
import { createElement, findAll } from "../base/dom.js";

/** @param {StemMixer} mixer */
export function addSections(mixer) {
  const group = mixer.querySelector(".sections");
  if (!(group instanceof HTMLElement)) return; // a template of the site's own
  /** @type {Section[]} */
  let sections = [];
  const buttons = () => [...findAll(group, "button")];
  /** @param {{ from: number, to: number }} range */
  const markLoop = ({ from, to }) => {
    const isLooped = mixer.hasAttribute("data-range");
    for (const [nth, button] of buttons().entries()) {
      const { start, end } = sections[nth];
      setPressed(button, isLooped && isNear(start, from) && isNear(end, to));
    }
  };
  /** @param {number} seconds */
  const markPlace = (seconds) => {
    for (const [nth, button] of buttons().entries()) {
      const { start, end } = sections[nth];
      button.toggleAttribute("data-now", start <= seconds && seconds < end);
    }
  };
  /** @param {HTMLElement} button @param {Section} section */
  const toggle = (button, { start, end }) => {
    const isOn = !isPressed(button);
    mixer.setRange(isOn ? [start, end] : null);
    mixer.toggleLoop(isOn);
    if (isOn && !(start <= mixer.position && mixer.position < end)) mixer.seek(start);
  };
  const show = async () => {
    const song = await mixer.facts();
    sections = sectionsOf(song);
    group.hidden = !sections.length;
    group.replaceChildren(...sections.map((section) => {
      const button = createElement("button", { type: "button", class: "key section", "aria-pressed": "false" }, section.name);
      button.addEventListener("click", () => toggle(button, section), { signal: mixer.life });
      return button;
    }));
    markPlace(mixer.position);
  };
  mixer.on("range", markLoop);
  mixer.on("place", markPlace);
  mixer.on("song", () => attempt(mixer, show));
  attempt(mixer, show);
}

/** @param {number} one @param {number} other */
function isNear(one, other) {
  return Math.abs(one - other) < 1e-3;
}
