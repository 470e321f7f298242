// What an address holds: contract by contract from the chain, or else from the site's own list.
import { reasonOf } from "../base/errors.js";
import { tierName } from "../language/names.js";
import { _, formatList, formatNumber } from "../language/phrases.js";
import { numberOf } from "../tokens/token-ids.js";

/** @import { Read } from "../tokens/chain.js" */
/** @import { Holding } from "../tokens/ownership.js" */
/** @import { TierContract } from "../tokens/token-ids.js" */

/** @typedef {Pick<Holding, "source" | "tokens" | "complete" | "block" | "time" | "unread"> & { endpoint: string, reason: string }} Found */
/** @typedef {(contract: Data.Contract, ids: string[], known: number) => Promise<Read>} ReadContract */

/** @type {readonly Data.Tier[]} */
const TIERS = ["stem", "song", "album"];

/**
 * Read all contracts; where one cannot be read, its tokens are those of the site's own list. Block and time are the oldest on
 * the chain of the first contract that was read, or else the list's. Throws where neither says anything.
 * @param {TierContract[]} contracts @param {string} address @param {Data.Ledger} ledger
 * @param {ReadContract} read @param {AbortSignal} signal
 * @returns {Promise<Found>}
 */
export async function findHoldings(contracts, address, ledger, read, signal) {
  const { reads, unread, reason } = await readEach(contracts, ledger, read, signal);
  const isListed = hasOwners(ledger);
  if (!reads.length && !isListed) throw new Error(_("The chain could not be read (%(reason)s), and this site was pressed without a list of holders.", { reason }));
  const listed = ledger.tokens.filter(({ id }) => !reads.some(({ folder }) => isIn(folder, id)));
  const held = listed.map((token) => /** @type {const} */ ([token.id, copiesOf(token, address)])).filter(([, count]) => count);
  const tokens = new Map([...reads.flatMap((each) => each.tokens), ...held]);
  if (!reads.length) return { source: "snapshot", tokens, complete: true, block: ledger.block ?? null, time: ledger.time ?? "", unread, endpoint: "", reason };
  const { block, time } = reads.filter(({ chain }) => chain === reads[0].chain).reduce((one, other) => (other.block < one.block ? other : one));
  const complete = reads.every((each) => each.complete) && (isListed || !unread.length);
  const endpoint = [...new Set(reads.map((each) => each.endpoint))].join(", ");
  return { source: "chain", tokens, complete, block, time, unread, endpoint, reason };
}

/**
 * Read one contract after the other: what was read, with ids within the collection, and the folders of those that could not be.
 * @param {TierContract[]} contracts @param {Data.Ledger} ledger @param {ReadContract} read @param {AbortSignal} signal
 */
async function readEach(contracts, ledger, read, signal) {
  /** @type {(Omit<Read, "tokens"> & { folder: string, chain: number, tokens: [string, number][] })[]} */
  const reads = [];
  /** @type {string[]} */
  const unread = [];
  const reasons = new Set(contracts.length ? [] : [_("the collection has no contract yet")]);
  for (const { contract, folder } of contracts) {
    const ids = ledger.tokens.filter(({ id }) => isIn(folder, id)).map(({ id }) => numberOf(id));
    const known = contract.chain_id === contracts[0].contract.chain_id ? ledger.block ?? 0 : 0;
    try {
      const { tokens, ...facts } = await read(contract, ids, known);
      reads.push({ ...facts, folder, chain: contract.chain_id, tokens: [...tokens].map(([number, count]) => [folder + number, count]) });
    } catch (error) {
      signal.throwIfAborted();
      unread.push(folder);
      reasons.add(reasonOf(error));
    }
  }
  return { reads, unread, reason: [...reasons].join("; ") };
}

/**
 * Whether a token is in the contract of a folder.
 * @param {string} folder @param {string} id
 */
export function isIn(folder, id) {
  return id === folder + numberOf(id);
}

/** @param {Data.Ledger} ledger */
export function hasOwners({ tokens }) {
  return tokens.some(({ owners }) => owners);
}

/**
 * How many copies of a token an address holds in the site's own list.
 * @param {Data.Token} token @param {string} address
 */
export function copiesOf({ owners = {} }, address) {
  const entry = Object.entries(owners).find(([owner]) => owner.toLowerCase() === address.toLowerCase());
  return entry ? entry[1] : 0;
}

/**
 * What the page says of contracts that could not be read beside others that were; "" if there are none.
 * @param {Pick<Holding, "source" | "unread">} holding @param {Data.Ledger} ledger @param {TierContract[]} contracts
 * @param {string} reason why they were not read, if it is known
 */
export function unreadNotice({ source, unread }, ledger, contracts, reason) {
  if (source !== "chain" || !unread.length) return "";
  const tiers = formatList(unread.flatMap((folder) => tiersOf(folder, contracts)).map(tierName));
  const what = reason ? _("Not read from the chain: %(tiers)s (%(reason)s).", { tiers, reason }) : _("Not read from the chain: %(tiers)s.", { tiers });
  if (!hasOwners(ledger)) return `${what} ${_("This site has no list of their holders, so they are missing here.")}`;
  const chains = contracts.filter(({ folder }) => unread.includes(folder)).map(({ contract }) => contract.chain_id);
  const isOfBlock = ledger.block && chains.every((chain) => chain === contracts[0].contract.chain_id); // it is of that chain
  return `${what} ${isOfBlock ? _("Their tokens are those of this site's own list at block %(block)s, which may be out of date.", { block: formatNumber(ledger.block ?? 0) }) : _("Their tokens are those of this site's own list, which may be out of date.")}`;
}

/**
 * The tiers of a contract.
 * @param {string} folder @param {TierContract[]} contracts
 */
function tiersOf(folder, contracts) {
  return folder ? [folder.slice(0, -1)] : TIERS.filter((tier) => !contracts.some((other) => other.folder === `${tier}/`));
}
