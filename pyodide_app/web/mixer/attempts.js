// Actions of the mixer's controls, whose errors the status line shows.
/** @import { StemMixer } from "./stem-mixer.js" */
import { find } from "../base/dom.js";
import { reasonOf } from "../base/errors.js";

/**
 * Run an action; the status line shows its error, if it fails.
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
 * Run an action on a control's event, until the mixer is removed from the page.
 * @param {StemMixer} mixer @param {string | Element} control or its selector
 * @param {string} type @param {(event: Event) => unknown} act
 */
export function onEvent(mixer, control, type, act) {
  const element = typeof control === "string" ? find(mixer, control) : control;
  element.addEventListener(type, (event) => attempt(mixer, () => act(event)), { signal: mixer.life });
}
