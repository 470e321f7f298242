// Stems that cannot be heard, shown in their rows.
/** @import { FailedStem } from "../playback/player.js" */
/** @import { StemMixer } from "./stem-mixer.js" */
import { find, setText } from "../base/dom.js";
import { _ } from "../language/phrases.js";

/**
 * Say in its row that a stem cannot be heard; a row that kept its stem shows that one again.
 * @param {StemMixer} mixer @param {FailedStem} failure @param {() => void} onKept called once it does
 */
export function showFailedStem(mixer, { row, stem, kept, reason }, onKept) {
  const { element, stem: select } = mixer.rows[row];
  const name = select.querySelector(`option[value="${CSS.escape(stem)}"]`)?.textContent ?? stem;
  if (select.value === stem && kept !== stem) {
    select.value = kept;
    onKept();
  }
  const words = _("Can't play the stem %(stem)s: %(reason)s", { stem: name, reason });
  setText(find(element, ".trouble"), kept === stem ? words : "");
  mixer.announce(words);
}
