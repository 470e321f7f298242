// Whether a take fits its song, as the site has it now; take.py of the engine decides alike.
/** @import { Move, Take } from "./format.js" */
import { _ } from "../language/phrases.js";
import { CONTROLS } from "./format.js";

/** @typedef {{ take: Take, text: string }} OpenTake of a mixer's song, at its rate */

/** Controls of the whole mix, not of a row. @type {readonly number[]} */
const OF_MIX = [CONTROLS.master, CONTROLS.seek, CONTROLS.loop];

/**
 * The take with the song's layers in their order; throws if the song is another one, or has changed.
 * @param {Take} take @param {Pick<Data.Song, "slug" | "layers">} song
 * @returns {Take}
 */
export function orderTake(take, { slug, layers }) {
  if (take.song !== slug) throw new Error(_("it is for another song"));
  const order = layers.map((layer) => take.layers.findIndex((recorded) => recorded.slug === layer.slug));
  if (order.length !== take.layers.length || order.includes(-1)) {
    const [was, now] = [take.layers, layers].map((each) => each.map((layer) => layer.slug).join(", "));
    throw new Error(_("the song's layers were %(was)s; they are %(now)s", { was, now }));
  }
  for (const [nth, row] of order.entries()) {
    const missing = take.layers[row].stems.find((stem) => !layers[nth].stems.some((each) => each.slug === stem));
    if (missing !== undefined) throw new Error(_("the song has no stem %(stem)s any more", { stem: missing }));
  }
  if (order.every((row, nth) => row === nth)) return take;
  return {
    ...take,
    layers: order.map((row) => take.layers[row]),
    rows: order.map((row) => take.rows[row]),
    moves: take.moves.map((move) => (OF_MIX.includes(move.control) ? move : { ...move, row: order.indexOf(move.row) })),
  };
}

/**
 * An ordered take at the song's rate; throws if the song has another length.
 * @param {Take} take @param {Pick<Data.Song, "rate" | "frames">} song
 * @returns {Take}
 */
export function fitTake(take, { rate, frames }) {
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
