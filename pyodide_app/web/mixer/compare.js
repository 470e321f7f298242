// A/B comparison of two mixes; optionally the louder one is turned down to match the other.
/** @import { StemMixer } from "./stem-mixer.js" */
import { onEvent } from "./attempts.js";
import { parseMix, formatMix } from "./mix-links.js";
import { setPressed } from "../base/controls.js";
import { find, findAll } from "../base/dom.js";

/** @param {StemMixer} mixer */
export function addComparison(mixer) {
  const keys = [...findAll(mixer, ".slot")];
  const matched = find(mixer, ".matched", HTMLInputElement);
  /** @type {(string | null)[]} */
  let mixes = [null, null];
  let current = 0;
  /** @type {Map<string, number>} */
  const loudness = new Map(); // in LUFS, by mix

  /** @param {string} mix */
  const measure = async (mix) => {
    const known = loudness.get(mix);
    if (known !== undefined) return known;
    const lufs = await (await mixer.player()).loudness();
    loudness.set(mix, lufs);
    return lufs;
  };
  /** The current mix as text, without position and loop. */
  const present = async () => formatMix({ ...(await mixer.mix()), at: 0, loop: null });
  /** @param {number} volume in dB */
  const trim = async (volume) => (await mixer.player()).trim(volume);
  const show = () => keys.forEach((key, nth) => setPressed(key, nth === current));

  let turned = Promise.resolve(); // one turn after the other: each leaves the mix that the last one has set
  /** @param {number} nth */
  const turnTo = (nth) => {
    const turn = turned.then(() => setSlot(nth));
    turned = turn.catch(() => {}); // reported where it was started
    return turn;
  };
  /** @param {number} nth */
  const setSlot = async (nth) => {
    if (nth === current) return;
    const song = await mixer.facts();
    const [leaving, loop] = [await present(), (await mixer.mix()).loop];
    const before = matched.checked ? await measure(leaving) : 0;
    mixes[current] = leaving;
    current = nth;
    show();
    await mixer.setMix({ ...parseMix(mixes[nth] ?? leaving, song), loop }, { place: false });
    const after = matched.checked ? await measure(await present()) : 0;
    await trim(matched.checked ? Math.min(0, before - after) : 0);
  };
  for (const [nth, key] of keys.entries()) onEvent(mixer, key, "click", () => turnTo(nth));
  onEvent(mixer, matched, "change", () => matched.checked || trim(0));
  mixer.on("song", () => {
    mixes = [null, null];
    current = 0;
    loudness.clear();
    show();
  });
}
