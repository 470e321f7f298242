// Whether a take fits its song, as the site has it now; take.py of the engine decides alike.
/** @import { Move, Take } from "./format.js" */
import { _ } from "../language/phrases.js";
import { CONTROLS } from "./format.js";

/** @typedef {{ take: Take, text: string }} OpenTake of a mixer's song, at its rate */

/**
 * The take at the song's rate; throws if the song is another one, or has changed.
 * @param {Take} take @param {Pick<Data.Song, "slug" | "rate" | "frames" | "layers">} song
 * @returns {Take}
 */
export function fitTake(take, { slug, rate, frames, layers }) {
  if (take.song !== slug) throw new Error(_("it is for another song"));
  const isSame = take.layers.length === layers.length && take.layers.every((layer, row) => layer.slug === layers[row].slug);
  if (!isSame) throw new Error(_("the song has other layers than when it was recorded"));
  for (const [row, { stems }] of take.layers.entries()) {
    const missing = stems.find((stem) => !layers[row].stems.some((each) => each.slug === stem));
    if (missing !== undefined) throw new Error(_("the song has no stem %(stem)s any more", { stem: missing }));
  }
  return atRate(take, rate, frames);
}

/**
 * @param {Take} take @param {number} rate @param {number} frames
 * @returns {Take}
 */
function atRate(take, rate, frames) {
  /** @param {number} frame */
  const scaled = (frame) => Math.floor((2 * frame * rate + take.rate) / (2 * take.rate));
  if (Math.abs(scaled(take.frames) - frames) > 1) throw new Error(_("the song has another length than when it was recorded"));
  if (rate === take.rate && frames === take.frames) return take;
  /** @param {number} from @param {number} to @returns {[start: number, end: number]} */
  const fitting = (from, to) => {
    const start = Math.min(scaled(from), frames - 1);
    return [start, Math.max(Math.min(scaled(to), frames), start + 1)];
  };
  /** @param {Move} move */
  const moved = (move) => {
    const at = { ...move, frame: scaled(move.frame) };
    if (move.control === CONTROLS.seek) at.value = Math.min(scaled(move.value), frames - 1);
    if (move.control === CONTROLS.loop && move.end) [at.value, at.end] = fitting(move.value, move.end);
    return at;
  };
  return {
    ...take, rate, frames,
    length: scaled(take.length),
    loop: take.loop && fitting(...take.loop),
    position: Math.min(scaled(take.position), frames - 1),
    moves: take.moves.map(moved),
  };
}
