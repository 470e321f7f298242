// Stems that cannot be heard, shown in their rows.
/** @import { FailedStem } from "../playback/player.js" */
/** @import { MixerRow } from "./row.js" */
import { find, setText } from "../base/dom.js";
import { _ } from "../language/phrases.js";

/**
 * Say in its row that a stem cannot be heard, and return the words; a row that kept its stem shows that one again.
 * @param {MixerRow} row @param {FailedStem} failure @param {() => void} onKept called once it does
 */
export function showFailedStem({ element, stem: select }, { stem, kept, reason }, onKept) {
  const name = select.querySelector(`option[value="${CSS.escape(stem)}"]`)?.textContent ?? stem;
  if (select.value === stem && kept !== stem) {
    select.value = kept;
    onKept();
  }
  const words = _("Can't play the stem %(stem)s: %(reason)s", { stem: name, reason });
  setText(find(element, ".trouble"), kept === stem ? words : "");
  return words;
}
