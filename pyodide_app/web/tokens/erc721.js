// Which tokens of an ERC-721 contract an address holds. balanceOf says how many; then methods are tried in turn, until
// that many are found, those with the fewest requests first:
//
//   ERC721A          tokensOfOwner
//   Enumerable       tokenOfOwnerByIndex, many to a request
//   others           ownerOf for every token that the site knows: by init code (owner-scan.js), else by Multicall3,
//                    else one by one
import { _ } from "../language/phrases.js";
import { TOO_LARGE, forEachBatch } from "./batches.js";
import { emptyIfRefused } from "./contract-calls.js";
import { scanOwners } from "./owner-scan.js";
import { RpcError } from "./rpc.js";

/** @import { ContractCalls } from "./contract-calls.js" */

const ENUMERABLE = "0x780e9d63"; // ERC-165
const NO_CODE = new Set([...TOO_LARGE, "denied"]); // an endpoint that may not run init code
const MOST_TOKENS = 100_000;

/**
 * @param {ContractCalls} chain @param {string} contract @param {string} address @param {string[]} ids
 * @returns {Promise<{ tokens: Map<string, number>, complete: boolean }>}
 */
export async function readOwned(chain, contract, address, ids) {
  /** @type {bigint} */
  const balance = await chain.call(contract, "balanceOf", [address]);
  if (balance > MOST_TOKENS) throw new Error(_("it counts an implausible %(count)s tokens", { count: balance }));
  const count = Number(balance);
  /** @type {(bigint | string)[]} */
  let owned = [];
  for (const way of [listByTokensOfOwner, listByIndex, listByOwnerOf]) {
    if (owned.length === count) break;
    owned = [...new Set(await way(chain, contract, address, count, ids))];
  }
  if (owned.length > count) throw new Error(_("it lists more tokens than the address holds"));
  return { tokens: new Map(owned.map((id) => [String(id), 1])), complete: owned.length === count };
}

/**
 * @param {ContractCalls} chain @param {string} contract @param {string} address
 * @returns {Promise<bigint[]>}
 */
function listByTokensOfOwner(chain, contract, address) {
  return chain.call(contract, "tokensOfOwner", [address]).then((ids) => [...ids], emptyIfRefused);
}

/**
 * @param {ContractCalls} chain @param {string} contract @param {string} address @param {number} count
 * @returns {Promise<bigint[]>}
 */
async function listByIndex(chain, contract, address, count) {
  const listed = await chain.call(contract, "supportsInterface", [ENUMERABLE]).catch(emptyIfRefused);
  if (listed !== true) return [];
  const indices = [...Array(count).keys()];
  /** @type {bigint[]} */
  const owned = [];
  await forEachBatch(chain.endpoint.limits, "calls", indices, async (part) => {
    const answers = await chain.callMany(contract, "tokenOfOwnerByIndex", part.map((index) => [address, index]));
    owned.push(...answers.filter((id) => id !== null));
  });
  return owned;
}

/**
 * @param {ContractCalls} chain @param {string} contract @param {string} address @param {number} count @param {string[]} ids
 * @returns {Promise<(bigint | string)[]>}
 */
async function listByOwnerOf(chain, contract, address, count, ids) {
  try {
    return await scanOwners(chain, contract, address, count, ids);
  } catch (error) {
    if (!(error instanceof RpcError) || !NO_CODE.has(error.kind)) throw error;
    return callOwners(chain, contract, address, count, ids); // some endpoints refuse init code, or time out
  }
}

/**
 * @param {ContractCalls} chain @param {string} contract @param {string} address @param {number} count @param {string[]} ids
 */
async function callOwners(chain, contract, address, count, ids) {
  /** @type {string[]} */
  const owned = [];
  await forEachBatch(chain.endpoint.limits, "calls", ids, async (part) => {
    const owners = await chain.callMany(contract, "ownerOf", part.map((id) => [id]));
    owned.push(...part.filter((id, nth) => owners[nth]?.toLowerCase() === address.toLowerCase()));
  }, () => owned.length >= count);
  return owned;
}
