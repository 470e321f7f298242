// An embedded stem's player: its layer alone, or in the mix.
/** @import { StemMixer } from "./stem-mixer.js" */
import { onEvent } from "./attempts.js";
import { isPressed, setPressed } from "../base/controls.js";
import { createElement, find } from "../base/dom.js";
import { _ } from "../language/phrases.js";

/** @param {StemMixer} mixer */
export function addAlone(mixer) {
  const { solo: layer } = mixer.dataset;
  if (!layer || !document.body.classList.contains("embed")) return;
  const solo = find(mixer, `.row[data-layer="${CSS.escape(layer)}"] .solo`, HTMLButtonElement);
  const key = createElement("button", { type: "button", class: "key alone" }, _("Alone"));
  const show = () => setPressed(key, isPressed(solo));
  onEvent(mixer, key, "click", () => solo.click());
  const observer = new MutationObserver(show);
  observer.observe(solo, { attributes: true, attributeFilter: ["aria-pressed"] });
  mixer.life.addEventListener("abort", () => observer.disconnect());
  show();
  find(mixer, ".transport .keys").append(key);
}
