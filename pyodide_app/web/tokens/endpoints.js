// The endpoints of a chain, asked in turn until one answers.
import { reasonOf } from "../base/errors.js";
import { _ } from "../language/phrases.js";
import { RpcError, toNumber, wait } from "./rpc.js";

/** @import { Endpoint } from "./rpc.js" */
/** @typedef {Pick<Data.Contract, "chain_id">} Contract */

const BUSY_SECONDS = 4; // before all endpoints are asked again, if one of them was busy

/**
 * Try endpoints in turn, each if it is on the contract's chain; if all fail, the error lists why.
 * @template T
 * @param {Endpoint[]} endpoints @param {Contract} contract @param {AbortSignal | undefined} signal
 * @param {(endpoint: Endpoint) => Promise<T>} ask
 * @returns {Promise<{ value: T, endpoint: Endpoint }>}
 */
export async function askInTurn(endpoints, contract, signal, ask) {
  /** @type {string[]} */
  let reasons = [];
  for (const isLast of [false, true]) {
    reasons = [];
    let isBusy = false;
    for (const endpoint of endpoints) {
      try {
        await checkChain(endpoint, contract, signal);
        return { value: await ask(endpoint), endpoint };
      } catch (error) {
        signal?.throwIfAborted();
        reasons.push(`${endpoint.label}: ${reasonOf(error)}`);
        isBusy ||= error instanceof RpcError && (error.kind === "busy" || error.kind === "unclear");
      }
    }
    if (isLast || !isBusy) break;
    await wait(BUSY_SECONDS, signal);
  }
  throw new Error(reasons.join("; ") || _("no endpoint is set"));
}

/** @param {Endpoint} endpoint @param {Contract} contract @param {AbortSignal} [signal] */
async function checkChain(endpoint, { chain_id }, signal) {
  const chain = toNumber(await endpoint.request("eth_chainId", [], signal));
  if (chain !== chain_id) throw new Error(_("it is on chain %(found)s, not %(wanted)s", { found: chain, wanted: chain_id }));
}
