// The mixer begins with a mix of the stems that the visitor holds, where the page names none.
/** @import { StemMixer } from "./stem-mixer.js" */
/** @import { Holding } from "../tokens/ownership.js" */
import { attempt } from "./attempts.js";
import { brokenRules, songOfMix } from "./mix-links.js";
import { LEFT_OUT } from "../base/mix-numbers.js";
import { owned } from "../tokens/ownership.js";

const MOST_MIXES = 2000; // that are tried for one that the rules permit

/** @param {StemMixer} mixer */
export function addHeldMix(mixer) {
  if (mixer.dataset.mix !== undefined) return; // the page is about one mix
  const choose = async () => {
    if (![...owned().stems].some((key) => key.startsWith(`${mixer.dataset.slug}/`))) return;
    const before = String(mixer.choice);
    const song = await mixer.facts();
    const text = location.hash.slice(1);
    if (songOfMix(text) || new URLSearchParams(text).has("take") || String(mixer.choice) !== before) return;
    for (const [row, nth] of heldMix(song, owned(), mixer.choice).entries()) mixer.choose(row, nth);
  };
  attempt(mixer, choose);
  mixer.on("song", () => attempt(mixer, choose));
}

/**
 * Choose held stems where any are held, nothing in other layers that may be left out, and of those mixes the first that
 * the rules permit.
 * @param {Data.Song} song @param {Readonly<Holding>} holding @param {number[]} choice for layers of which none is held
 * @returns {number[]} positions of stems in their layers, from 0, or LEFT_OUT
 */
export function heldMix(song, { stems }, choice) {
  const held = song.layers.map((layer, row) => {
    const found = layer.stems.flatMap((stem, nth) => (stems.has(`${song.slug}/${layer.slug}/${stem.slug}`) ? [nth] : []));
    return found.length ? found : [layer.empty ? LEFT_OUT : choice[row]];
  });
  let tried = 0;
  for (const mix of product(held)) {
    if (!brokenRules(mix, song).length) return mix;
    if (++tried === MOST_MIXES) break;
  }
  return held.map(([first]) => first);
}

/**
 * @param {number[][]} lists
 * @returns {Generator<number[]>}
 */
function* product([first, ...others]) {
  if (!first) yield [];
  else for (const nth of first) for (const rest of product(others)) yield [nth, ...rest];
}
