// The song's sections: each has a button that loops it, and the one that is heard is marked.
/** @import { Section } from "./section-times.js" */
/** @import { StemMixer } from "./stem-mixer.js" */
import { attempt, onEvent } from "./attempts.js";
import { sectionsOf } from "./section-times.js";
import { isPressed, setPressed } from "../base/controls.js";
import { createElement, findAll } from "../base/dom.js";

/** @param {StemMixer} mixer */
export function addSections(mixer) {
  const group = mixer.querySelector(".sections");
  if (!(group instanceof HTMLElement)) return; // a template of the site's own
  /** @type {Section[]} */
  let sections = []; // known once they are needed, so that a page that is only read loads nothing for them
  const buttons = () => [...findAll(group, "button")];
  const load = async () => {
    sections = sectionsOf(await mixer.facts());
  };
  const ensure = async () => {
    if (!group.hidden && !sections.length) await load();
  };
  /** @param {{ from: number, to: number }} range */
  const markLoop = async ({ from, to }) => {
    const isLooped = mixer.hasAttribute("data-range");
    if (isLooped) await ensure();
    for (const [nth, { start, end }] of sections.entries()) {
      setPressed(buttons()[nth], isLooped && isNear(start, from) && isNear(end, to));
    }
  };
  /** @param {number} seconds */
  const markPlace = async (seconds) => {
    await ensure();
    for (const [nth, { start, end }] of sections.entries()) {
      buttons()[nth].toggleAttribute("data-now", start <= seconds && seconds < end);
    }
  };
  /** @param {Event} event */
  const toggle = async ({ target }) => {
    const nth = buttons().findIndex((button) => button === target);
    if (nth < 0) return;
    await ensure();
    const { start, end } = sections[nth];
    const isOn = !isPressed(buttons()[nth]);
    mixer.setRange(isOn ? [start, end] : null);
    mixer.toggleLoop(isOn);
    if (isOn && !(start <= mixer.position && mixer.position < end)) mixer.seek(start);
  };
  const show = async () => {
    await load();
    group.hidden = !sections.length;
    group.replaceChildren(...sections.map(({ name }) =>
      createElement("button", { type: "button", class: "key section", "aria-pressed": "false" }, name)));
  };
  onEvent(mixer, group, "click", toggle);
  mixer.on("range", (range) => attempt(mixer, () => markLoop(range)));
  mixer.on("place", (seconds) => attempt(mixer, () => markPlace(seconds)));
  mixer.on("song", () => attempt(mixer, show));
}

/** @param {number} one @param {number} other */
function isNear(one, other) {
  return Math.abs(one - other) < 1e-3;
}
