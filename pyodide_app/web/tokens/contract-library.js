// ethers, the library that encodes contract calls: loaded once, when somebody first connects.
import { ROOT } from "../base/root.js";
import { _ } from "../language/phrases.js";
import { withTimeout } from "./rpc.js";

/**
 * The part of ethers 6 that is used.
 * @typedef {object} Ethers
 * @property {new (abi: string[]) => Interface} Interface
 * @property {(address: string) => string} getAddress
 * @property {(name: string) => string} ensNormalize
 * @property {(name: string) => string} namehash
 */
/**
 * @typedef {object} Interface
 * @property {(name: string, values: unknown[]) => string} encodeFunctionData
 * @property {(name: string, data: string) => any[]} decodeFunctionResult
 */

const ETHERS = new URL("app/ethers/ethers.min.js", ROOT);
const ETHERS_SECONDS = 30;

/** @type {Promise<Ethers> | null} */
let library = null;

/** @returns {Promise<Ethers>} */
export function loadEthers() {
  library ??= withTimeout(ETHERS_SECONDS, import(ETHERS.href)).catch((error) => {
    library = null;
    throw new Error(_("the library that reads contracts could not be loaded"), { cause: error });
  });
  return library;
}
