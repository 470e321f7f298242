// Addresses of holders, as visitors and wallets give them.
import { _ } from "../language/phrases.js";
import { loadEthers } from "./contract-library.js";

const BURN_ADDRESSES = new Set([
  "0x0000000000000000000000000000000000000000", "0x0000000000000000000000000000000000000001",
  "0x000000000000000000000000000000000000dead", "0xdead000000000000000042069420694206942069",
  "0xdead000000000000000000000000000000000000",
]);

/**
 * An address in its EIP-55 form, if the library could be loaded; throws if the address is invalid.
 * @param {string} text
 * @returns {Promise<string>}
 */
export async function checkAddress(text) {
  const { getAddress } = await loadEthers().catch(() => ({ getAddress: String }));
  if (!/^0x[0-9a-f]{40}$/i.test(text)) throw new Error(_("An address is 0x and 40 hexadecimal digits."));
  if (BURN_ADDRESSES.has(text.toLowerCase())) throw new Error(_("Nobody holds this address: what was sent to it is burned."));
  try {
    return getAddress(text);
  } catch (error) {
    throw new Error(_("This address fails its checksum (EIP-55), so a character may be wrong."), { cause: error });
  }
}
