// Shows what is heard of a take on the controls, which then say nothing to the player.
/** @import { Row } from "../playback/messages.js" */
/** @import { LoopRange } from "./loop-range.js" */
/** @import { MixerRows } from "./mixer-rows.js" */
/** @import { StemAccess } from "./stem-access.js" */
/** @import { Transport } from "./transport.js" */

/**
 * @param {{ rows: Row[], master: number, loop: [start: number, end: number] | null }} heard @param {Data.Song} song
 * @param {{ rows: MixerRows, access: StemAccess, transport: Transport, range: LoopRange }} controls
 */
export function showHeard({ rows, master, loop }, { layers, rate, duration }, controls) {
  for (const [nth, settings] of rows.entries()) controls.access.show(controls.rows.all[nth].show(settings, layers[nth]));
  controls.rows.markSilent();
  controls.transport.showVolume(master);
  controls.transport.showLoop(Boolean(loop));
  if (loop) controls.range.set([loop[0] / rate, loop[1] / rate], duration);
}
