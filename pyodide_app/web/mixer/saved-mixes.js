// Mixes saved by name in this browser, in the format of links.
/** @import { StemMixer } from "./stem-mixer.js" */
import { attempt, onEvent } from "./attempts.js";
import { formatMix, parseMix, songOfMix } from "./mix-links.js";
import { find, createElement } from "../base/dom.js";
import { mixNumber } from "../base/mix-numbers.js";
import { isSandboxed } from "../base/sandbox.js";
import { saveItem, readItem } from "../base/storage.js";
import { _ } from "../language/phrases.js";

const STORE = "stempress:mixes:"; // followed by the collection's name; in localStorage
const MOST_SAVED = 100;

/** @typedef {{ name: string, mix: string }} SavedMix */

/** @param {StemMixer} mixer */
export function addSavedMixes(mixer) {
  if (isSandboxed) {
    find(mixer, ".keep").remove();
    return;
  }
  const show = async () => {
    const song = await mixer.facts();
    const mixes = savedMixes().filter(({ mix }) => songOfMix(mix) === song.slug);
    const items = mixes.map((saved) => {
      const load = createElement("button", { type: "button" }, saved.name);
      const remove = createElement("button", { type: "button", "aria-label": _("Delete %(name)s", { name: saved.name }) }, "×");
      onEvent(mixer, load, "click", () => mixer.setMix(parseMix(saved.mix, song)));
      onEvent(mixer, remove, "click", () => {
        saveMixes(savedMixes().filter(({ name, mix }) => name !== saved.name || mix !== saved.mix));
        return show();
      });
      return createElement("li", {}, load, remove);
    });
    find(mixer, ".kept").replaceChildren(...items);
  };
  const save = async () => {
    const song = await mixer.facts();
    const mix = formatMix(await mixer.mix());
    const field = find(mixer, ".name", HTMLInputElement);
    const name = field.value.trim() || _("Mix %(number)s", { number: mixNumber(mixer.choice) });
    saveMixes([...savedMixes().filter((saved) => saved.name !== name || songOfMix(saved.mix) !== song.slug), { name, mix }]);
    field.value = "";
    await show();
    mixer.announce(_("Saved in this browser: %(name)s", { name }));
  };
  onEvent(mixer, ".keep-it", "click", save);
  onEvent(mixer, ".keep", "submit", (event) => {
    event.preventDefault();
    return save();
  });
  onEvent(mixer, ".tools", "toggle", show);
  mixer.on("song", () => attempt(mixer, show));
}

function storeName() {
  return STORE + (document.documentElement.dataset.collection ?? "");
}

/** @returns {SavedMix[]} */
function savedMixes() {
  try {
    const stored = JSON.parse(readItem(storeName()) ?? "[]");
    return Array.isArray(stored) ? stored.filter(isMix) : [];
  } catch {
    return []; // not JSON
  }
}

/** @param {SavedMix[]} mixes */
function saveMixes(mixes) {
  const isSaved = saveItem(storeName(), JSON.stringify(mixes.slice(-MOST_SAVED)));
  if (!isSaved) throw new Error(_("This browser doesn't let this page save anything."));
}

/**
 * @param {any} saved untrusted
 * @returns {saved is SavedMix}
 */
function isMix(saved) {
  return typeof saved?.name === "string" && typeof saved.mix === "string";
}
