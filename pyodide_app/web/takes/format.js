// The text of takes: take_format.py of the engine says what is in it, and reads the same texts.
import { _ } from "../language/phrases.js";
import { Reader, Writer } from "./bytes.js";

/**
 * A change of one control at a frame of the take; of a row, if the control is. `value` is in the units of CONTROLS.
 * @typedef {{ frame: number, control: number, row: number, value: number, end: number }} Move
 */
/** @typedef {{ slug: string, stems: string[] }} TakeLayer with the stems that the take uses */
/** @typedef {{ stem: number, volume: number, pan: number, mute: boolean, solo: boolean }} TakeRow stem: from 1; 0 is none */
/**
 * @typedef {object} Take
 * @property {string} song its slug
 * @property {number} rate of the song when the take was recorded, in Hz
 * @property {number} frames of the song
 * @property {number} length of the take, in frames
 * @property {TakeLayer[]} layers
 * @property {TakeRow[]} rows their state at the beginning
 * @property {number} master
 * @property {[start: number, end: number] | null} loop
 * @property {number} position in the song, in frames
 * @property {Move[]} moves
 */

const VERSION = 1;
const MOST_VERSION = 31; // of any take to come: other texts are none
export const MOST_SECONDS = 3600;
export const MOST_LINK = 32_000; // characters of a take in a link: more is cut off by some programs
const MOST_TEXT = 1_000_000;
const MOST_BYTES = 4_000_000;
const MOST_LAYERS = 256;
const MOST_STEMS = 1000;
const MOST_RATE = 768_000;
const MOST_FRAMES = 2 ** 40;
/** @typedef {[least: number, most: number]} Range */
/** @type {Range} */
const VOLUMES = [-6000, 600];
/** @type {Range} */
const PANS = [-1_000_000, 1_000_000];
const ROW_STEP = 16;

/** Controls of take.py. Volumes are in hundredths of a decibel, pans in millionths; a loop without an `end` is none. */
export const CONTROLS = /** @type {const} */ ({
  stem: 0, stemOnBar: 1, mute: 2, solo: 3, volume: 4, pan: 5, master: 6, seek: 7, loop: 8,
});
const { stem: STEM, stemOnBar: STEM_ON_BAR, mute: MUTE, solo: SOLO, volume: VOLUME, pan: PAN, master: MASTER, seek: SEEK, loop: LOOP } = CONTROLS;

/**
 * Parse the text of a take; rejects if it is none.
 * @param {string} given
 * @returns {Promise<Take>}
 */
export async function parseTake(given) {
  const text = given.trim();
  if (text.length > MOST_TEXT) throw new Error(_("it is too large"));
  const [version] = /^[A-Za-z0-9_-]{2,}$/.test(text) ? decode(text.slice(0, 2)) : [0];
  if (!version || version > MOST_VERSION) throw new Error(_("it is not the text of a take"));
  if (text.length % 4 === 1) throw new Error(_("it is damaged"));
  const fields = await inflate(decode(text).subarray(1));
  if (version > VERSION) throw new Error(_("it was recorded with a newer version of the mixer"));
  return readTake(new Reader(fields));
}

/**
 * The slug of the song of a take; "" if the text is none.
 * @param {string} text
 */
export function songOfTake(text) {
  return parseTake(text).then(({ song }) => song, () => "");
}

/**
 * The text of a take.
 * @param {Take} take
 */
export async function formatTake(take) {
  const stream = new Blob([takeBytes(take)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const data = new Uint8Array(await new Response(stream).arrayBuffer());
  const letters = [VERSION, ...data].map((byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** @param {string} text */
function decode(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}

/** @param {Uint8Array<ArrayBuffer>} data */
async function inflate(data) {
  const reader = new Blob([data]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const parts = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new Error(_("it is damaged"));
    });
    if (done) break;
    size += value.length;
    parts.push(/** @type {Uint8Array<ArrayBuffer>} */ (value));
    if (size <= MOST_BYTES) continue;
    reader.cancel().catch(() => {}); // what is wrong is said below
    throw new Error(_("it is too large"));
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/**
 * @param {Reader} reader
 * @returns {Take}
 */
function readTake(reader) {
  const song = reader.slug();
  const rate = reader.number(MOST_RATE, 1);
  const frames = reader.number(MOST_FRAMES, 1);
  const length = reader.number(MOST_SECONDS * rate, 1);
  const layers = reader.list(MOST_LAYERS, 1, () => ({ slug: reader.slug(), stems: reader.list(MOST_STEMS, 0, () => reader.slug()) }));
  const rows = layers.map(({ stems }) => {
    const [stem, flags] = [reader.number(stems.length), reader.number(3)];
    return { stem, volume: reader.signed(VOLUMES), pan: reader.signed(PANS), mute: Boolean(flags & 1), solo: Boolean(flags & 2) };
  });
  const master = reader.signed(VOLUMES);
  const loop = readLoop(reader, frames);
  const position = reader.number(frames - 1);
  const take = { song, rate, frames, length, layers, rows, master, loop, position, moves: /** @type {Move[]} */ ([]) };
  let frame = 0;
  take.moves = reader.list(MOST_BYTES, 0, () => {
    frame += reader.number(length - frame);
    return readMove(reader, take, frame);
  });
  reader.end();
  return take;
}

/** @param {Reader} reader @param {number} frames of the song @returns {[start: number, end: number] | null} */
function readLoop(reader, frames) {
  const length = reader.number(frames);
  if (!length) return null;
  const start = reader.number(frames - length);
  return [start, start + length];
}

/** @param {Reader} reader @param {Take} take @param {number} frame @returns {Move} */
function readMove(reader, take, frame) {
  const code = reader.number(ROW_STEP * take.layers.length - 1);
  const [row, control] = [Math.floor(code / ROW_STEP), code % ROW_STEP];
  if (control > LOOP || (row && control >= MASTER)) throw new Error(_("it changes an unknown control"));
  if (control === LOOP) {
    const [start, end] = readLoop(reader, take.frames) ?? [0, 0];
    return { frame, control, row, value: start, end };
  }
  return { frame, control, row, value: readValue(reader, take, control, row), end: 0 };
}

/** @param {Reader} reader @param {Take} take @param {number} control @param {number} row */
function readValue(reader, { layers, frames }, control, row) {
  switch (control) {
    case STEM:
    case STEM_ON_BAR:
      return reader.number(layers[row].stems.length);
    case MUTE:
    case SOLO:
      return reader.number(1);
    case PAN:
      return reader.signed(PANS);
    case SEEK:
      return reader.number(frames - 1);
    default:
      return reader.signed(VOLUMES);
  }
}

/** @param {Take} take */
function takeBytes({ song, rate, frames, length, layers, rows, master, loop, position, moves }) {
  const writer = new Writer();
  writer.slug(song);
  for (const number of [rate, frames, length, layers.length]) writer.number(number);
  for (const { slug, stems } of layers) {
    writer.slug(slug);
    writer.number(stems.length);
    for (const stem of stems) writer.slug(stem);
  }
  for (const { stem, volume, pan, mute, solo } of rows) {
    writer.number(stem);
    writer.number(Number(mute) + 2 * Number(solo));
    writer.signed(volume);
    writer.signed(pan);
  }
  writer.signed(master);
  writeLoop(writer, ...(loop ?? /** @type {const} */ ([0, 0])));
  writer.number(position);
  writer.number(moves.length);
  let last = 0;
  for (const move of moves) {
    writer.number(move.frame - last);
    writer.number(move.control + ROW_STEP * move.row);
    writeValue(writer, move);
    last = move.frame;
  }
  return writer.bytes;
}

/** @param {Writer} writer @param {Move} move */
function writeValue(writer, { control, value, end }) {
  if (control === LOOP) writeLoop(writer, value, end);
  else if (control === VOLUME || control === PAN || control === MASTER) writer.signed(value);
  else writer.number(value);
}

/** @param {Writer} writer @param {number} start @param {number} end */
function writeLoop(writer, start, end) {
  writer.number(end ? end - start : 0);
  if (end) writer.number(start);
}
