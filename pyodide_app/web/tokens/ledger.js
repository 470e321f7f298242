// The ledger, which is cut into parts so that no file is large: data/ledger.json says how many.
import { _ } from "../language/phrases.js";

/**
 * All of the ledger.
 * @param {URL} root
 * @returns {Promise<Data.Ledger>}
 */
export async function loadLedger(root) {
  const { parts, ...ledger } = /** @type {Data.LedgerHead} */ (await load(new URL("data/ledger.json", root)));
  /** @type {Data.Token[]} */
  const tokens = [];
  const coming = Array.from({ length: parts }, (nothing, nth) => load(new URL(`data/tokens/${nth + 1}.json`, root)));
  for (const part of coming) part.catch(() => {}); // the first that fails is thrown below
  for (const part of coming) tokens.push(...(await part));
  return { ...ledger, tokens };
}

/** @param {URL} address */
async function load(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(_("%(address)s couldn't be loaded (HTTP %(status)s)", { address: address.pathname.split("/").pop(), status: answer.status }));
  return answer.json();
}
