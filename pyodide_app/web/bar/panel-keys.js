// The keys of the queue panel.
import { createElement } from "../base/dom.js";

/** @param {string} words @param {() => unknown} act @param {AbortSignal} signal */
export function createKey(words, act, signal, kind = "") {
  const button = createElement("button", { type: "button", class: `key ${kind}`.trim() }, words);
  button.addEventListener("click", act, { signal });
  return button;
}
