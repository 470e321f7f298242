// Which tokens of a contract an address holds, by the contract's standard: erc1155.js, erc721.js.
//
// Everything is read at one block. If that block is gone afterwards, after a reorganisation, it is read again. An
// endpoint that is busy, pruned or behind what the site knows says nothing about tokens: the next one is asked.
import { _ } from "../language/phrases.js";
import { ContractCalls } from "./contract-calls.js";
import { askInTurn } from "./endpoints.js";
import { readBalances } from "./erc1155.js";
import { readOwned } from "./erc721.js";
import { toNumber } from "./rpc.js";

/** @import { Endpoint } from "./rpc.js" */
/**
 * @typedef {object} Read
 * @property {Map<string, number>} tokens how many are held of each, by id
 * @property {boolean} complete
 * @property {number} block
 * @property {string} time
 * @property {string} endpoint
 */
/** @typedef {Pick<Data.Contract, "chain_id" | "address" | "standard">} Contract */

const REREADS = 3;

/**
 * Read the tokens that an address holds, from the first endpoint that answers.
 * @param {Contract} contract @param {string} address
 * @param {string[]} ids the tokens that the site knows
 * @param {Endpoint[]} endpoints @param {AbortSignal} [signal]
 * @param {number} [known] the block up to which the site knows the chain; an endpoint behind it is out of date
 * @returns {Promise<Read>}
 */
export async function readTokens(contract, address, ids, endpoints, signal, known = 0) {
  const { value, endpoint } = await askInTurn(endpoints, contract, signal, (candidate) =>
    readAtOneBlock(candidate, contract, address, ids, known, signal));
  return { ...value, endpoint: endpoint.label };
}

/**
 * @param {Endpoint} endpoint @param {Contract} contract @param {string} address
 * @param {string[]} ids @param {number} known @param {AbortSignal} [signal]
 */
async function readAtOneBlock(endpoint, contract, address, ids, known, signal) {
  for (let reads = 0; reads < REREADS; reads++) {
    const head = await endpoint.request("eth_getBlockByNumber", ["latest", false], signal);
    if (typeof head?.hash !== "string") throw new Error(_("it doesn't give its latest block"));
    if (toNumber(head.number) < known) throw new Error(_("it lags behind, at block %(block)s", { block: toNumber(head.number) }));
    const chain = await ContractCalls.at(head.number, endpoint, signal);
    const read = contract.standard === "erc1155" ? readBalances : readOwned;
    const tokens = await read(chain, contract.address, address, ids);
    const after = await endpoint.request("eth_getBlockByNumber", [head.number, false], signal);
    if (after?.hash !== head.hash) continue;
    const time = new Date(toNumber(head.timestamp) * 1000).toISOString();
    return { ...tokens, block: toNumber(head.number), time };
  }
  throw new Error(_("the chain kept reorganising"));
}
