// All that a visitor has saved in this browser, as one file: mixes, playlists and settings.
//
// A file that is read may come from anywhere. What is valid in it is added to what is here; nothing is replaced.
/** @import { Playlist } from "./playlists.js" */
/** @import { SavedMix } from "./mixes.js" */
/** @import { Settings } from "./settings.js" */
import { _ } from "../language/phrases.js";
import { MIXES, MOST_LETTERS } from "./mixes.js"; // names of playlists may be longer
import { PLAYLISTS } from "./playlists.js";
import { addSettings, chosenSettings, validSettings } from "./settings.js";
import { MOST_SAVED, parseJson } from "./stored-list.js";

const FORMAT = "stempress-saved";
const VERSION = 1;
export const MOST_BYTES = 4_000_000; // twice what a hundred of each can take

/** @typedef {{ mixes: SavedMix[], playlists: Playlist[], settings: Settings, broken: number }} Saved */
/** @typedef {{ mixes: number, playlists: number, settings: number, broken: number, excess: number }} Counts */

/** What is saved in this browser, as a file's text. */
export function writeBackup() {
  const saved = { mixes: MIXES.read(), playlists: PLAYLISTS.read(), settings: chosenSettings() };
  return `${JSON.stringify({ format: FORMAT, version: VERSION, collection: collection(), site: siteName(), ...saved }, null, 1)}\n`;
}

/**
 * Read a file's text; throws if it is no such file, or one of another collection.
 * @param {string} text
 * @returns {Saved}
 */
export function readBackup(text) {
  /** @type {any} */
  const given = parseJson(text);
  if (given?.format !== FORMAT) throw new Error(_("it is not a file of saved mixes and playlists"));
  if (given.version !== VERSION) throw new Error(_("it was saved by another version of this site"));
  // A collection that gets a contract has another key, and a site may get another name.
  if (given.collection !== collection() && given.site !== siteName()) {
    const name = typeof given.site === "string" ? given.site.slice(0, 100) : "?";
    throw new Error(_("it is of another site: %(name)s", { name }));
  }
  const mixes = MIXES.parse(given.mixes), playlists = PLAYLISTS.parse(given.playlists);
  const broken = lengthOf(given.mixes) + lengthOf(given.playlists) - mixes.length - playlists.length;
  return { mixes, playlists, settings: validSettings(given.settings), broken };
}

/**
 * Add what a file has to what is saved here; counts what was new, and what found no room.
 * @param {Saved} saved
 * @returns {Counts}
 */
export function mergeBackup({ mixes, playlists, settings, broken }) {
  const songOf = (/** @type {SavedMix} */ { mix }) => new URLSearchParams(mix).get("song") ?? "";
  const merged = merge(MIXES.read(), mixes, songOf);
  const lists = merge(PLAYLISTS.read(), playlists, () => "");
  if (merged.added) MIXES.save(merged.entries);
  if (lists.added) PLAYLISTS.save(lists.entries);
  return {
    mixes: merged.added,
    playlists: lists.added,
    settings: addSettings(settings),
    broken,
    excess: merged.excess + lists.excess,
  };
}

/**
 * Add entries that are not there. One whose name is taken by another is given a number: "Slow (2)".
 * @template {{ name: string }} T
 * @param {T[]} present @param {T[]} given @param {(entry: T) => string} groupOf names are unique within a group
 */
function merge(present, given, groupOf) {
  const entries = [...present];
  let excess = 0;
  for (const entry of given) {
    const named = new Map(entries.filter((other) => groupOf(other) === groupOf(entry)).map((other) => [other.name, other]));
    const name = freeName(entry, named);
    if (name === null) continue;
    if (entries.length < MOST_SAVED) entries.push({ ...entry, name });
    else excess += 1;
  }
  return { entries, added: entries.length - present.length, excess };
}

/**
 * The name under which an entry can be added; null if it is there under such a name.
 * @template {{ name: string }} T
 * @param {T} entry @param {Map<string, T>} named
 */
function freeName(entry, named) {
  let { name } = entry;
  for (let number = 2; named.has(name); number++) {
    if (JSON.stringify({ ...named.get(name), name: "" }) === JSON.stringify({ ...entry, name: "" })) return null;
    const suffix = ` (${number})`;
    name = entry.name.slice(0, MOST_LETTERS - suffix.length) + suffix;
  }
  return name;
}

function collection() {
  return document.documentElement.dataset.collection ?? "";
}

/** The site's title. */
export function siteName() {
  return document.querySelector("meta[property='og:site_name']")?.getAttribute("content") ?? collection();
}

/** @param {unknown} list */
function lengthOf(list) {
  return Array.isArray(list) ? list.length : 0;
}
