// Which tokens of an ERC-721 contract a holder owns, asked of many at once: by init code that is run in a call but never
// deployed, and itself calls ownerOf for a run of ids.
import { _ } from "../language/phrases.js";
import { forEachQueued, toSlices } from "./batches.js";
import { RpcError } from "./rpc.js";

/** @import { ContractCalls } from "./contract-calls.js" */

const MOST_IDS = 2000; // of one request
const NEAR = 4; // largest gap within a run of ids

// Init code, followed by its arguments: contract, holder, first id, count. It returns a zero byte, since code
// must not begin with 0xEF, then a byte for each id: 1 if ownerOf(id) is the holder.
const SCAN = [
  "0x6080608038036000", "39", // codecopy(0, codesize - 0x80, 0x80)
  "636352211e60e01b608052", // mem[0x80] = the selector of ownerOf
  "6000", // i = 0
  "5b6060518110156055", "57", // 0x16: while (i < count)
  "8060405101608452", // mem[0x84] = first + i
  "600060c052", // mem[0xc0] = 0
  "602060c060246080600051622dc6c0fa", // staticcall(3000000 gas, contract, 0x80, 0x24, 0xc0, 0x20)
  "601f3d1116", // and returndatasize > 0x1f
  "60c05160205114", "16", // and mem[0xc0] == holder
  "8160e10153", // mem8[0xe1 + i] = that
  "600101601656", // i += 1
  "5b60010160e0f3", // 0x55: return(0xe0, i + 1)
].join("");

/**
 * The tokens among `ids`, and in the gaps between them, that an address owns; no more are asked for once `count` are found.
 * Throws an RpcError where an endpoint doesn't run init code.
 * @param {ContractCalls} chain @param {string} contract @param {string} address @param {number} count @param {string[]} ids
 */
export async function scanOwners(chain, contract, address, count, ids) {
  /** @type {bigint[]} */
  const owned = [];
  const runs = toRuns(ids.map(BigInt)).flatMap((run) => toSlices(run, MOST_IDS));
  await forEachQueued(runs, async (run) => {
    const length = Number(run[run.length - 1] - run[0]) + 1;
    const words = [contract, address, run[0], length].map((value) => BigInt(value).toString(16).padStart(64, "0"));
    const answer = await chain.request("eth_call", { data: SCAN + words.join("") });
    if (!new RegExp(`^0x00(0[01]){${length}}$`).test(answer)) throw new RpcError(_("it doesn't run code in calls"), "refused");
    for (let nth = 0; nth < length; nth++) {
      if (answer[5 + 2 * nth] === "1") owned.push(run[0] + BigInt(nth));
    }
  }, () => owned.length >= count);
  return owned;
}

/**
 * Split ids into ascending runs with small gaps.
 * @param {bigint[]} ids
 */
function toRuns(ids) {
  /** @type {bigint[][]} */
  const runs = [];
  let last = 0n;
  for (const id of ids.sort((a, b) => (a < b ? -1 : 1))) {
    if (runs.length && id - last <= NEAR) runs[runs.length - 1].push(id);
    else runs.push([id]);
    last = id;
  }
  return runs;
}
