// Loads the ledger, which is split into parts to keep files small: data/ledger.json has their number.
import { checkAnswer } from "../base/answers.js";

/**
 * Load the whole ledger.
 * @param {URL} root
 * @returns {Promise<Data.Ledger>}
 */
export async function loadLedger(root) {
  const { parts, ...ledger } = /** @type {Data.LedgerHead} */ (await load(new URL("data/ledger.json", root)));
  /** @type {Data.Token[]} */
  const tokens = [];
  const coming = Array.from({ length: parts }, (nothing, nth) => load(new URL(`data/tokens/${nth + 1}.json`, root)));
  for (const part of coming) part.catch(() => {}); // the first failure is thrown below
  for (const part of coming) tokens.push(...(await part));
  return { ...ledger, tokens };
}

/** @param {URL} address */
async function load(address) {
  const answer = await fetch(address);
  checkAnswer(answer, address.pathname.split("/").pop() ?? "");
  return answer.json();
}
