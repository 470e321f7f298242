// Mixes saved by name in this browser, in the format of links.
/** @import { StemMixer } from "./stem-mixer.js" */
import { attempt, onEvent } from "./attempts.js";
import { formatMix, parseMix, songOfMix } from "./mix-links.js";
import { find, createElement } from "../base/dom.js";
import { mixNumber } from "../base/mix-numbers.js";
import { isSandboxed } from "../base/sandbox.js";
import { _ } from "../language/phrases.js";
import { createBackupKeys } from "../saved/backup-keys.js";
import { MIXES } from "../saved/mixes.js";
import { onSaved } from "../saved/stored-list.js";

/** @param {StemMixer} mixer */
export function addSavedMixes(mixer) {
  if (isSandboxed) {
    find(mixer, ".keep").remove();
    return;
  }
  const show = async () => {
    const song = await mixer.facts();
    const mixes = MIXES.read().filter(({ mix }) => songOfMix(mix) === song.slug);
    const items = mixes.map((saved) => {
      const load = createElement("button", { type: "button" }, saved.name);
      const remove = createElement("button", { type: "button", "aria-label": _("Delete %(name)s", { name: saved.name }) }, "×");
      onEvent(mixer, load, "click", () => mixer.setMix(parseMix(saved.mix, song)));
      onEvent(mixer, remove, "click", () => {
        MIXES.save(MIXES.read().filter(({ name, mix }) => name !== saved.name || mix !== saved.mix));
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
    MIXES.save([...MIXES.read().filter((saved) => saved.name !== name || songOfMix(saved.mix) !== song.slug), { name, mix }]);
    field.value = "";
    mixer.announce(_("Saved in this browser: %(name)s", { name }));
  };
  onEvent(mixer, ".keep-it", "click", save);
  onEvent(mixer, ".keep", "submit", (event) => {
    event.preventDefault();
    return save();
  });
  onEvent(mixer, ".tools", "toggle", show);
  onSaved(() => attempt(mixer, show), mixer.life);
  find(mixer, ".keep").append(createBackupKeys((words) => mixer.announce(words), mixer.life));
  mixer.on("song", () => attempt(mixer, show));
}
