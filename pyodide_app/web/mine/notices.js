// What the page says about a reading of an address: where it is from, and what is missing or out of date.
import { createLink, siteAddress } from "../base/dom.js";
import { isGone } from "../language/names.js";
import { _, formatMoment, formatNumber, plural } from "../language/phrases.js";
import { copiesOf, hasOwners, isIn, unreadNotice } from "./holdings.js";

/** @import { Holding } from "../tokens/ownership.js" */
/** @import { TierContract } from "../tokens/token-ids.js" */
/** @typedef {Holding & { endpoint?: string }} ReadHolding */
/** @typedef {{ ledger: Data.Ledger, byId: Map<string, Data.Token> }} KnownTokens the site's own, also by id */

/**
 * All notices, each of texts and links.
 * @param {Readonly<Holding>} holding @param {KnownTokens} known @param {TierContract[]} contracts
 * @param {{ isSaved: boolean, reason: string }} reading whether it is saved, and why the chain was not read
 * @returns {(string | Node)[][]}
 */
export function notices(holding, { ledger, byId }, contracts, { isSaved, reason }) {
  const unread = unreadNotice(holding, ledger, contracts, reason);
  return [...disagreements(holding, ledger, byId, contracts), ...(unread ? [[unread]] : []), ...failures(holding, isSaved, reason, hasOwners(ledger))];
}

/**
 * Where a holding was read, and when.
 * @param {Readonly<ReadHolding>} holding
 */
export function sourceOf({ source, block, time, endpoint }) {
  const chain = endpoint ? _("the chain (%(endpoint)s)", { endpoint }) : _("the chain");
  const from = source === "chain" ? chain : _("this site's own list");
  const where = block === null ? from : _("%(from)s at block %(block)s", { from, block: formatNumber(block) });
  if (!time) return where;
  return _("%(from)s, %(time)s", { from: where, time: formatMoment(time) });
}

/**
 * Notices about differences between the chain, which is right, and the site; of the contracts that were read.
 * @param {Readonly<Holding>} holding @param {Data.Ledger} ledger @param {Map<string, Data.Token>} byId
 * @param {TierContract[]} contracts
 */
function disagreements({ source, block, tokens, address, unread }, ledger, byId, contracts) {
  if (source !== "chain") return [];
  const isRead = (/** @type {string} */ id) => !unread.some((folder) => isIn(folder, id));
  const held = [...tokens.keys()].filter(isRead);
  const strange = held.filter((id) => !byId.has(id));
  const alive = held.filter((id) => isGone(byId.get(id)));
  const moved = ledger.tokens.filter((token) => isRead(token.id) && copiesOf(token, address) !== (tokens.get(token.id) ?? 0));
  const differs = hasOwners(ledger) ? moved.length + strange.length : strange.length + alive.length;
  if (!differs) return [];
  const sentences = [
    plural(
      differs,
      "This site is behind the chain: they disagree about %(num)s token of this address. What you see here is what the chain says.",
      "This site is behind the chain: they disagree about %(num)s tokens of this address. What you see here is what the chain says.",
    ),
  ];
  const isOfFirst = !unread.includes(contracts[0]?.folder); // otherwise the block may be another chain's
  if (ledger.block && block && isOfFirst) sentences.push(_("The site knows the chain up to block %(known)s; it is now at %(now)s.", { known: formatNumber(ledger.block), now: formatNumber(block) }));
  if (strange.length) sentences.push(plural(strange.length, "%(num)s token is new to this site.", "%(num)s tokens are new to this site."));
  return [[sentences.join(" ")]];
}

/**
 * @param {Readonly<Holding>} holding @param {boolean} isSaved @param {string} reason why the chain was not read
 * @param {boolean} isListed whether the site has a list of holders
 * @returns {(string | Node)[][]}
 */
function failures({ source, complete, tokens, unread }, isSaved, reason, isListed) {
  /** @type {(string | Node)[][]} */
  const found = [];
  if (!complete && (isListed || !unread.length)) found.push([_("Incomplete: the address holds tokens that this site doesn't know yet, so they can't be listed.")]);
  if (source === "snapshot" && reason) found.push([_("The chain could not be read (%(reason)s). This is the site's own list, which may be out of date.", { reason })]);
  if (!isSaved) found.push([_("This browser saves nothing, so the mixers don't know what you hold.")]);
  if (!tokens.size) found.push([_("This address holds nothing from this collection."), " ", createLink(_("See the gallery"), siteAddress("gallery/")), "."]);
  return found;
}
