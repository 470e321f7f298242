// Contract calls at one block, through one endpoint; many at once by Multicall3 where it is deployed.
import { _ } from "../language/phrases.js";
import { forEachQueued } from "./batches.js";
import { loadEthers } from "./contract-library.js";
import { RpcError } from "./rpc.js";

/** @import { Interface } from "./contract-library.js" */
/** @import { Endpoint } from "./rpc.js" */

const MULTICALL = "0xcA11bde05977b3631167028862bE2a173976CA11";
const REJECTED = new Set(["reverted", "refused"]); // the contract has no such function, or no such token
const HEX = /^0x([0-9a-f]{2})*$/i;

const ABI = [
  "function addr(bytes32 node) view returns (address)",
  "function aggregate3(tuple(address target, bool allowFailure, bytes data)[]) view returns (tuple(bool success, bytes data)[])",
  "function balanceOf(address owner) view returns (uint256)",
  "function balanceOfBatch(address[] owners, uint256[] ids) view returns (uint256[])",
  "function ownerOf(uint256 id) view returns (address)",
  "function resolver(bytes32 node) view returns (address)",
  "function supportsInterface(bytes4 id) view returns (bool)",
  "function tokenOfOwnerByIndex(address owner, uint256 index) view returns (uint256)",
  "function tokensOfOwner(address owner) view returns (uint256[])",
];

export class ContractCalls {
  /** @type {Promise<boolean> | null} whether Multicall3 is there */
  #hasMulticall = null;

  /** @param {Interface} abi @param {string} block @param {Endpoint} endpoint @param {AbortSignal} [signal] */
  constructor(abi, block, endpoint, signal) {
    this.abi = abi;
    this.block = block;
    this.endpoint = endpoint;
    this.signal = signal;
  }

  /** @param {string} block @param {Endpoint} endpoint @param {AbortSignal} [signal] */
  static async at(block, endpoint, signal) {
    const ethers = await loadEthers();
    return new ContractCalls(new ethers.Interface(ABI), block, endpoint, signal);
  }

  /**
   * @param {string} method @param {...unknown} params
   * @returns {Promise<string>} hexadecimal
   */
  async request(method, ...params) {
    const answer = await this.endpoint.request(method, [...params, this.block], this.signal);
    if (typeof answer !== "string" || !HEX.test(answer)) throw new Error(_("it doesn't answer %(method)s", { method }));
    return answer;
  }

  /**
   * @param {string} to @param {string} name @param {unknown[]} values
   * @returns {Promise<any>} as the ABI has it
   */
  async call(to, name, values) {
    return this.decode(name, await this.request("eth_call", { to, data: this.abi.encodeFunctionData(name, values) }));
  }

  /** @param {string} name @param {string} data */
  decode(name, data) {
    try {
      return this.abi.decodeFunctionResult(name, data)[0];
    } catch {
      throw new RpcError(_("no such contract on this chain"), "reverted");
    }
  }

  /**
   * Call a function of a contract with many sets of arguments: one result each, null where it reverts.
   * @param {string} to @param {string} name @param {unknown[][]} all
   * @returns {Promise<any[]>}
   */
  async callMany(to, name, all) {
    this.#hasMulticall ??= this.request("eth_getCode", MULTICALL).then((code) => code !== "0x");
    if (!(await this.#hasMulticall)) return this.callEach(to, name, all);
    const calls = all.map((values) => [to, true, this.abi.encodeFunctionData(name, values)]);
    /** @type {{ success: boolean, data: string }[]} */
    const answers = await this.call(MULTICALL, "aggregate3", [calls]);
    return answers.map(({ success, data }) => (success && data !== "0x" ? this.decode(name, data) : null));
  }

  /** @param {string} to @param {string} name @param {unknown[][]} all */
  async callEach(to, name, all) {
    const answers = new Array(all.length).fill(null);
    await forEachQueued([...all.entries()], async ([nth, values]) => {
      const [answer = null] = await this.call(to, name, values).then((value) => [value], emptyIfRefused);
      answers[nth] = answer;
    });
    return answers;
  }
}

/**
 * A handler of errors: nothing, if the contract has no such function or no such token.
 * @param {unknown} error
 * @returns {never[]}
 */
export function emptyIfRefused(error) {
  if (error instanceof RpcError && REJECTED.has(error.kind)) return [];
  throw error;
}
