// Which tokens of an ERC-1155 contract an address holds: balanceOfBatch over the tokens that the site knows.
import { _ } from "../language/phrases.js";
import { forEachBatch } from "./batches.js";

/** @import { ContractCalls } from "./contract-calls.js" */

const MOST_COPIES = 1e9;

/**
 * @param {ContractCalls} chain @param {string} contract @param {string} address @param {string[]} ids
 * @returns {Promise<{ tokens: Map<string, number>, complete: boolean }>}
 */
export async function readBalances(chain, contract, address, ids) {
  const tokens = new Map();
  await forEachBatch(chain.endpoint.limits, "batch", ids, async (part) => {
    /** @type {bigint[]} */
    const counts = await chain.call(contract, "balanceOfBatch", [part.map(() => address), part]);
    if (counts.length !== part.length) throw new Error(_("incomplete response"));
    for (const [nth, count] of counts.entries()) {
      if (count > 0n) tokens.set(String(part[nth]), count < MOST_COPIES ? Number(count) : MOST_COPIES);
    }
  });
  return { tokens, complete: true };
}
