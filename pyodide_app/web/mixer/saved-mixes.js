// Mixes saved by name in this browser, as the links that they are.
/** @import { StemMixer } from "./stem-mixer.js" */
import { attempt, on } from "./attempts.js";
import { numberOf, read, songOf, write } from "./mix-links.js";
import { find, make } from "../base/dom.js";
import { note, recall } from "../base/storage.js";
import { _ } from "../language/phrases.js";

const STORE = "stempress:mixes:"; // and the collection's name: localStorage
const MOST_SAVED = 100;

/** @typedef {{ name: string, mix: string }} SavedMix */

/** @param {StemMixer} mixer */
export function joinSavedMixes(mixer) {
  const show = async () => {
    const song = await mixer.facts();
    const mixes = savedMixes().filter(({ mix }) => songOf(mix) === song.slug);
    const items = mixes.map((saved) => {
      const load = make("button", { type: "button" }, saved.name);
      const remove = make("button", { type: "button", "aria-label": _("Delete %(name)s", { name: saved.name }) }, "×");
      on(mixer, load, "click", () => mixer.setMix(read(saved.mix, song)));
      on(mixer, remove, "click", () => {
        store(savedMixes().filter(({ name, mix }) => name !== saved.name || mix !== saved.mix));
        return show();
      });
      return make("li", {}, load, remove);
    });
    find(mixer, ".kept").replaceChildren(...items);
  };
  const save = async () => {
    const song = await mixer.facts();
    const mix = write(await mixer.mix());
    const field = find(mixer, ".name", HTMLInputElement);
    const name = field.value.trim() || _("Mix %(number)s", { number: numberOf(mixer.choice) });
    store([...savedMixes().filter((saved) => saved.name !== name || songOf(saved.mix) !== song.slug), { name, mix }]);
    field.value = "";
    await show();
    mixer.say(_("Saved in this browser: %(name)s", { name }));
  };
  on(mixer, ".keep-it", "click", save);
  on(mixer, ".keep", "submit", (event) => {
    event.preventDefault();
    return save();
  });
  on(mixer, ".tools", "toggle", show);
  mixer.on("song", () => attempt(mixer, show));
}

function storeName() {
  return STORE + (document.documentElement.dataset.collection ?? "");
}

/** @returns {SavedMix[]} */
function savedMixes() {
  try {
    const stored = JSON.parse(recall(storeName()) ?? "[]");
    return Array.isArray(stored) ? stored.filter(isMix) : [];
  } catch {
    return []; // it is not ours
  }
}

/** @param {SavedMix[]} mixes */
function store(mixes) {
  const isSaved = note(storeName(), JSON.stringify(mixes.slice(-MOST_SAVED)));
  if (!isSaved) throw new Error(_("This browser doesn't let this page save anything."));
}

/**
 * @param {any} saved whatever the browser's storage holds
 * @returns {saved is SavedMix}
 */
function isMix(saved) {
  return typeof saved?.name === "string" && typeof saved.mix === "string";
}
