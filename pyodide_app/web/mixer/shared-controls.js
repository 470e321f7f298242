// The controls of a mixer on pages that do not contain them: loaded from the song's page, which browsers cache for all of
// the song's pages.
import { setPressed } from "../base/controls.js";
import { find, findAll } from "../base/dom.js";
import { LEFT_OUT, parseMixNumber } from "../base/mix-numbers.js";
import { _ } from "../language/phrases.js";

/**
 * Load the controls, and set them.
 * @param {string} address of the song's page @param {{ mix?: string, solo?: string, root?: string }} settings the mix number, a layer, and the site's root
 */
export async function loadControls(address, { mix = "", solo, root }) {
  const controls = document.adoptNode(find(await fetchPage(address), ".mixer"));
  const choice = parseMixNumber(mix);
  for (const [nth, row] of findAll(controls, ".row").entries()) {
    const stem = find(row, "select", HTMLSelectElement);
    if (choice[nth] === LEFT_OUT) stem.value = "";
    else stem.selectedIndex = choice[nth];
    setPressed(find(row, ".solo"), row.dataset.layer === solo);
  }
  for (const link of controls.querySelectorAll("a.to-mine")) link.setAttribute("href", `${root}mine/`);
  return controls;
}

/** @param {string} address */
async function fetchPage(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(_("The mixer couldn't be loaded (HTTP %(status)s).", { status: answer.status }));
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}
