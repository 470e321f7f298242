// Loads what a long song's first press of Play needs, on a page that has nothing else to do.
/** @import { MixerElement } from "./mixer-element.js" */
import { whenIdle } from "../base/idle.js";
import { warmUp } from "../playback/player.js";

/** @param {MixerElement} mixer */
export async function warmUpSoon(mixer) {
  if (mixer.dataset.streamed === undefined || navigator.connection?.saveData) return;
  try {
    await whenIdle();
    if (mixer.isConnected) warmUp(await mixer.facts());
  } catch {
    // Play reports it
  }
}
