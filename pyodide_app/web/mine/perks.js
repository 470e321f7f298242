// /perks/: tells a visitor who has connected a wallet, or pasted an address, what it is entitled to. Which tokens come with a
// perk is decided by the build: their ids stand in the page.
import { createElement, findAll, part, setText, siteAddress } from "../base/dom.js";
import { tokenName } from "../language/names.js";
import { _, formatNodeList, formatNumber, plural, splitSentence } from "../language/phrases.js";
import { eachPage } from "../pages/page-life.js";
import { owned, watch } from "../tokens/ownership.js";
import { heldAmong, numberOf } from "../tokens/token-ids.js";

/** @import { Holding } from "../tokens/ownership.js" */
/** @import { Tier } from "../language/names.js" */

const SHOWN = 8;
/** @type {readonly Tier[]} */
const TIERS = ["stem", "song", "album"];

/** @param {HTMLElement} section @param {Readonly<Holding>} holding */
function showEntitled(section, { known, complete, tokens }) {
  const notice = part(section, "entitled");
  const held = TIERS.flatMap((tier) => heldAmong(section.getAttribute(`data-ids-${tier}`) ?? "", tokens.keys()).map((id) => ({ tier, id })));
  /** @type {(string | Node)[]} */
  const links = held.slice(0, SHOWN).map(({ tier, id }) => createElement("a", { href: siteAddress(`tokens/${id}/`) }, tokenName(tier, numberOf(id))));
  if (held.length > SHOWN) links.push(plural(held.length - SHOWN, "%(num)s more", "%(num)s more"));
  notice.hidden = !known || !(held.length || complete); // of an incomplete list, nothing follows
  const words = held.length ? splitSentence(_("You are entitled: you hold %(tokens)s."), { tokens: formatNodeList(links) }) : [_("None of your tokens includes it.")];
  notice.replaceChildren(...words);
}

/** @param {Readonly<Holding>} holding */
function sourceOf({ address, block }) {
  if (block === null) return _("Compared with what %(address)s holds.", { address });
  return _("Compared with what %(address)s held at block %(block)s.", { address, block: formatNumber(block) });
}

eachPage((life) => {
  const sections = findAll(document, "[data-perk]");
  if (!sections.length) return;
  const show = (/** @type {Readonly<Holding>} */ holding) => {
    for (const section of sections) showEntitled(section, holding);
    const whose = document.querySelector("[data-whose]");
    if (whose && holding.known) setText(whose, sourceOf(holding));
  };
  show(owned());
  life.addEventListener("abort", watch(show));
});
