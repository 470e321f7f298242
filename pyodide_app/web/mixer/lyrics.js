// The lyrics on a song's page follow its mixer.
/** @import { StemMixer } from "./stem-mixer.js" */
import { followLyrics, openLyrics } from "../pages/lyrics.js";

/** @param {StemMixer} mixer */
export function addLyrics(mixer) {
  const { dataset: { slug = "" }, life } = mixer;
  /** @param {number} seconds */
  const seek = (seconds) => mixer.seek(seconds);
  openLyrics(slug, seek, life);
  mixer.on("place", (seconds) => followLyrics(slug, seconds, seek));
}
