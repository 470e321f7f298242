// What a mixer says of its mix: the number, linked to its page if the site has one, and the rules that it breaks.
import { brokenRules } from "./mix-links.js";
import { find } from "../base/dom.js";
import { mixNumber } from "../base/mix-numbers.js";
import { _ } from "../language/phrases.js";

/**
 * Show the mix number and the broken rules; returns the number.
 * @param {HTMLElement} mixer @param {number[]} choice @param {Data.Song} song
 */
export function showMix(mixer, choice, song) {
  const mix = mixNumber(choice);
  const link = find(mixer, ".mix-number", HTMLAnchorElement);
  link.textContent = mix;
  const isAlone = document.body.classList.contains("embed"); // on IPFS without the site's pages, and in somebody else's frame
  if (song.pages.includes(mix) && !isAlone) link.href = `${mixer.dataset.root}${song.address}${mix}/`;
  else link.removeAttribute("href");
  const rules = find(mixer, ".rules");
  const words = brokenRules(choice, song);
  rules.hidden = !words.length;
  rules.textContent = words.length ? _("This mix can't be forged. %(rules)s", { rules: words.join(" ") }) : "";
  return mix;
}
