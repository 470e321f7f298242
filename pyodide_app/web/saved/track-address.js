// Addresses of tracks, like those of the site's pages:
//
//   songs/undertow/3-1-4        a mix
//   stems/undertow/bass/sub     a stem alone
import { SEGMENT } from "../tokens/ownership.js";

export const MAX_TRACKS = 500; // of a playlist or a queue
const NTH = "(0|[1-9]\\d{0,3})";
const MIX = new RegExp(`^songs/${SEGMENT}/${NTH}(-${NTH})*$`, "u");
const STEM = new RegExp(`^stems/${SEGMENT}/${SEGMENT}/${SEGMENT}$`, "u");

/**
 * @param {unknown} address
 * @returns {address is string}
 */
export function isTrack(address) {
  return typeof address === "string" && (MIX.test(address) || STEM.test(address));
}
