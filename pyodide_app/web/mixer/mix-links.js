// A mix as a link: the format of a URL's hash.
//
//   v=1 song=undertow mix=3-1-4 gain=0,-6.5,0 pan=0,0.3,0 mute=2 solo=1,3 master=-3
//   loop=0-216000 at=12345
//
// joined by &. Rows count from 1; loop and at are frames of the song. Defaults are left out.
// stempress/audio/mix_links.py reads the same format.
import { LEFT_OUT, mixNumber } from "../base/mix-numbers.js";
import { _, formatList } from "../language/phrases.js";

/** @import { RowSettings } from "../playback/messages.js" */
/**
 * @typedef {object} Mix
 * @property {string} song its slug
 * @property {number[]} choice positions of the chosen stems in their layers, from 0, or LEFT_OUT
 * @property {RowSettings[]} rows
 * @property {number} master in dB
 * @property {[start: number, end: number] | null} loop in frames
 * @property {number} at position, in frames
 */

const VERSION = "1";
/** @type {Range} */
const VOLUME = [-60, 6];
/** @type {Range} */
const PAN = [-1, 1];
/** @typedef {[least: number, most: number]} Range */

/** @param {Mix} mix */
export function formatMix({ song, choice, rows, master, loop, at }) {
  const parts = [`v=${VERSION}`, `song=${song}`, `mix=${mixNumber(choice)}`];
  /** @param {string} name @param {number[]} values */
  const list = (name, values) => values.some(Boolean) && parts.push(`${name}=${values.join(",")}`);
  /** @param {"mute" | "solo"} name */
  const flags = (name) => list(name, rows.flatMap((row, nth) => (row[name] ? [nth + 1] : [])));
  list("gain", rows.map(({ volume }) => volume));
  list("pan", rows.map(({ pan }) => pan));
  flags("mute");
  flags("solo");
  if (master) parts.push(`master=${master}`);
  if (loop) parts.push(`loop=${loop.join("-")}`);
  if (at) parts.push(`at=${at}`);
  return parts.join("&");
}

/**
 * The slug of the song of a mix; "" if the text is no mix.
 * @param {string} text
 */
export function songOfMix(text) {
  return new URLSearchParams(text).get("song") ?? "";
}

/**
 * Parse a mix of a song; throws if it is invalid.
 * @param {string} text @param {Pick<Data.Song, "slug" | "layers" | "frames">} song
 * @returns {Mix}
 */
export function parseMix(text, { slug, layers, frames }) {
  const given = new URLSearchParams(text);
  /** @param {string} word @param {number} most */
  const parseWhole = (word, most) => {
    if (!/^\d{1,12}$/.test(word) || Number(word) > most) throw new Error(_("%(word)s is not a whole number up to %(most)s", { word, most }));
    return Number(word);
  };
  /** @param {string} word @param {Range} range */
  const parseNumber = (word, [least, most]) => {
    const value = /^-?\d{1,3}(\.\d{1,6})?$/.test(word) ? Number(word) : NaN;
    if (!(value >= least && value <= most)) throw new Error(_("%(word)s is not between %(least)s and %(most)s", { word, least, most }));
    return value + 0; // −0 is 0
  };
  /** @param {string} name @param {Range} range */
  const parseRows = (name, range) => {
    const words = given.get(name)?.split(",") ?? layers.map(() => "0");
    if (words.length !== layers.length) throw new Error(_("%(name)s is for %(found)s rows, not %(wanted)s", { name, found: words.length, wanted: layers.length }));
    return words.map((word) => parseNumber(word, range));
  };
  /** @param {string} name */
  const parseFlags = (name) => {
    const nths = given.get(name)?.split(",").map((word) => parseWhole(word, layers.length)) ?? [];
    return layers.map((layer, row) => nths.includes(row + 1));
  };
  if (given.get("v") !== VERSION) throw new Error(_("its version, %(version)s, is unknown", { version: given.get("v") }));
  if (given.get("song") !== slug) throw new Error(_("it is for another song"));
  const nths = (given.get("mix") ?? "").split("-");
  if (nths.length !== layers.length) throw new Error(_("it has %(found)s layers, not %(wanted)s", { found: nths.length, wanted: layers.length }));
  const choice = nths.map((word, row) => parseWhole(word, layers[row].stems.length) - 1);
  if (choice.some((nth, row) => nth === LEFT_OUT && !layers[row].empty)) throw new Error(_("stems are numbered from 1"));
  const [start, end, ...rest] = given.get("loop")?.split("-").map((word) => parseWhole(word, frames)) ?? [];
  if (start !== undefined && (rest.length || !(start < end))) throw new Error(_("its loop is empty"));
  const [volumes, pans, mutes, solos] = [parseRows("gain", VOLUME), parseRows("pan", PAN), parseFlags("mute"), parseFlags("solo")];
  return {
    song: slug,
    choice,
    rows: layers.map((layer, row) => ({ volume: volumes[row], pan: pans[row], mute: mutes[row], solo: solos[row] })),
    master: parseNumber(given.get("master") ?? "0", VOLUME),
    loop: start === undefined ? null : [start, end],
    at: parseWhole(given.get("at") ?? "0", frames - 1),
  };
}

/**
 * The rules that a choice breaks, as sentences.
 * @param {number[]} choice @param {Pick<Data.Song, "layers" | "rules">} song
 */
export function brokenRules(choice, { layers, rules }) {
  const rows = Object.fromEntries(layers.map(({ slug }, row) => [slug, row]));
  /** @param {string} layer */
  const chosen = (layer) => layers[rows[layer]].stems[choice[rows[layer]]]?.slug ?? "";
  /** @param {string} layer @param {string[]} stems */
  const named = (layer, stems) => {
    const { name, stems: all } = layers[rows[layer]];
    const names = all.filter(({ slug }) => stems.includes(slug)).map((stem) => stem.name);
    return { name, stems: formatList(names, "or") };
  };
  const words = [];
  for (const { if: when, exclude, require } of rules) {
    if (Object.entries(when).some(([layer, stems]) => !stems.includes(chosen(layer)))) continue;
    const clauses = Object.entries(when).map(([layer]) => {
      const { name, stems } = named(layer, [chosen(layer)]);
      return _("%(layer)s is %(stems)s", { layer: name, stems });
    });
    const given = formatList(clauses);
    for (const [layer, stems] of Object.entries(exclude)) {
      if (!stems.includes(chosen(layer))) continue;
      const { name, stems: unwanted } = named(layer, [chosen(layer)]);
      const values = { when: given, layer: name, stems: unwanted };
      words.push(given ? _("When %(when)s, %(layer)s can't be %(stems)s.", values) : _("%(layer)s can't be %(stems)s.", values));
    }
    for (const [layer, stems] of Object.entries(require)) {
      if (stems.includes(chosen(layer))) continue;
      const { name, stems: allowed } = named(layer, stems);
      const values = { when: given, layer: name, stems: allowed };
      words.push(given ? _("When %(when)s, %(layer)s must be %(stems)s.", values) : _("%(layer)s must be %(stems)s.", values));
    }
  }
  return words;
}
