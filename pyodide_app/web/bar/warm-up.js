// What the player bar's first press needs, loaded before it.
import { fetchAhead } from "../base/idle.js";
import { APP, importLater } from "../base/version.js";
import { expandTracks, loadTrack } from "./tracks.js";

export const SHEETS = ["fader", "bar"].map((name) => new URL(`${name}.css`, APP).href);

/**
 * Load what playing addresses needs besides sound, if what they lead to is streamed.
 * @param {string[]} addresses as in tracks.js
 */
export async function warmUpBar(addresses) {
  const [{ warmUp }, [first]] = await Promise.all([importLater(() => import("../playback/player.js")), expandTracks(addresses)]);
  if (!first) return;
  warmUp((await loadTrack(first)).song);
  await Promise.all(SHEETS.map(fetchAhead));
}
