// What a press does may fail: the status line says why.
/** @import { StemMixer } from "./stem-mixer.js" */
import { find } from "../base/dom.js";
import { reasonOf } from "../base/errors.js";

/**
 * Do something that may fail, and let the status line say so.
 * @param {StemMixer} mixer @param {() => unknown} act
 */
export async function attempt(mixer, act) {
  try {
    await act();
  } catch (error) {
    mixer.announce(reasonOf(error));
  }
}

/**
 * Do something whenever a control is used, until the mixer is taken out of its page.
 * @param {StemMixer} mixer @param {string | Element} control or its selector
 * @param {string} type @param {(event: Event) => unknown} act
 */
export function onEvent(mixer, control, type, act) {
  const element = typeof control === "string" ? find(mixer, control) : control;
  element.addEventListener(type, (event) => attempt(mixer, () => act(event)), { signal: mixer.life });
}
