// ENS names, looked up through the endpoints of a contract's chain.
import { _ } from "../language/phrases.js";
import { ContractCalls } from "./contract-calls.js";
import { loadEthers } from "./contract-library.js";
import { askInTurn } from "./endpoints.js";

/** @import { Endpoint } from "./rpc.js" */
/** @typedef {Pick<Data.Contract, "chain_id">} Contract */

const REGISTRY = "0x00000000000C2E074eC69A0dFb2997BA6C7d2e1e";
const CHAINS = new Set([1, 17000, 11155111]);

/**
 * Whether ENS names are looked up on a contract's chain.
 * @param {Contract} contract
 */
export function hasNames({ chain_id }) {
  return CHAINS.has(chain_id);
}

/**
 * Resolve an ENS name, through the first endpoint that answers.
 * @param {string} name @param {Contract} contract @param {Endpoint[]} endpoints @param {AbortSignal} [signal]
 * @returns {Promise<string>}
 */
export async function resolveName(name, contract, endpoints, signal) {
  const { ensNormalize, namehash } = await loadEthers();
  if (!hasNames(contract)) throw new Error(_("Names can only be looked up for collections on Ethereum."));
  let node = "";
  try {
    node = namehash(ensNormalize(name));
  } catch (error) {
    throw new Error(_("This is neither an address nor a name."), { cause: error });
  }
  const { value } = await askInTurn(endpoints, contract, signal, async (endpoint) => {
    const chain = await ContractCalls.at("latest", endpoint, signal);
    const resolver = await chain.call(REGISTRY, "resolver", [node]);
    return BigInt(resolver) ? chain.call(resolver, "addr", [node]) : resolver;
  });
  if (!BigInt(value)) throw new Error(_("%(name)s doesn't point to an address.", { name }));
  return value;
}
