// What the first press of a button needs that plays a queue, loaded beside the bar's own modules.
import { fetchAhead } from "../base/idle.js";
import { warmUp } from "../playback/player.js";
import { SHEETS } from "./sheets.js";
import { expandTracks, loadTrack } from "./tracks.js";

/**
 * Load what playing addresses needs besides sound.
 * @param {string[]} addresses as in tracks.js
 */
export async function warmUpQueue(addresses) {
  const sheets = SHEETS.map(fetchAhead);
  const [first] = await expandTracks(addresses);
  if (first) warmUp((await loadTrack(first)).song);
  await Promise.all(sheets);
}
