// Which tokens of a contract an address holds. Methods are tried in turn, those with the fewest requests first:
//
//   ERC-1155         balanceOfBatch over the tokens that the site knows
//   ERC-721          balanceOf, then until that many tokens are found:
//     ERC721A          tokensOfOwner
//     Enumerable       tokenOfOwnerByIndex, many to a request
//     others           ownerOf for every token that the site knows: by init code that is run but never
//                      deployed (SCAN), else by Multicall3, else one by one
//
// Everything is read at one block. If that block is gone afterwards, after a reorganisation, it is read again. An
// endpoint that is busy, pruned or behind what the site knows says nothing about tokens: the next one is asked.
import { reasonOf } from "../base/errors.js";
import { _ } from "../language/phrases.js";
import { RpcError, toNumber, wait, withTimeout } from "./rpc.js";
import { ROOT } from "../base/root.js";

/** @import { Endpoint } from "./rpc.js" */
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
/**
 * @typedef {object} Read
 * @property {Map<string, number>} tokens how many are held of each, by id
 * @property {boolean} complete
 * @property {number} block
 * @property {string} time
 * @property {string} endpoint
 */
/** @typedef {Pick<Read, "tokens" | "complete">} Tokens */
/** @typedef {Pick<Data.Contract, "chain_id" | "address" | "standard">} Contract */

const ETHERS = new URL("app/ethers/ethers.min.js", ROOT);
const MULTICALL = "0xcA11bde05977b3631167028862bE2a173976CA11";
const NAMES = "0x00000000000C2E074eC69A0dFb2997BA6C7d2e1e"; // the registry of ENS
const NAMES_CHAINS = new Set([1, 17000, 11155111]);
const ENUMERABLE = "0x780e9d63"; // ERC-165
const AT_A_TIME = 3;
const MOST = { batch: 2500, scan: 2000, calls: 250 }; // items of one request
const LEAST = 25; // smallest batch that is halved no further
const NEAR = 4; // largest gap within a run of ids
const REREADS = 3;
const BUSY_SECONDS = 4; // before all endpoints are asked again, if one of them was busy
const TOO_LARGE = new Set(["limited", "unclear", "refused", "reverted"]); // what a smaller request may cure
const REJECTED = new Set(["reverted", "refused"]); // the contract has no such function, or no such token
const NO_CODE = new Set([...TOO_LARGE, "denied"]); // an endpoint that may not run init code
const HEX = /^0x([0-9a-f]{2})*$/i;
const BURN_ADDRESSES = new Set([
  "0x0000000000000000000000000000000000000000", "0x0000000000000000000000000000000000000001",
  "0x000000000000000000000000000000000000dead", "0xdead000000000000000042069420694206942069",
  "0xdead000000000000000000000000000000000000",
]);
const ETHERS_SECONDS = 30;
const MOST_COPIES = 1e9;
const MOST_TOKENS = 100_000;

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

/** @type {Promise<Ethers> | null} */
let ethersLibrary = null;

/**
 * Load ethers, once: when somebody first connects.
 * @returns {Promise<Ethers>}
 */
export function loadEthers() {
  ethersLibrary ??= withTimeout(ETHERS_SECONDS, import(ETHERS.href)).catch((error) => {
    ethersLibrary = null;
    throw new Error(_("the library that reads contracts could not be loaded"), { cause: error });
  });
  return ethersLibrary;
}

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

/**
 * Whether ENS names are looked up on a contract's chain.
 * @param {Pick<Contract, "chain_id">} contract
 */
export function hasNames({ chain_id }) {
  return NAMES_CHAINS.has(chain_id);
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
  const { value } = await askInTurn(endpoints, signal, async (endpoint) => {
    await checkChain(endpoint, contract, signal);
    const chain = await Reader.at("latest", endpoint, signal);
    const resolver = await chain.call(NAMES, "resolver", [node]);
    return BigInt(resolver) ? chain.call(resolver, "addr", [node]) : resolver;
  });
  if (!BigInt(value)) throw new Error(_("%(name)s doesn't point to an address.", { name }));
  return value;
}

/**
 * Read the tokens that an address holds, from the first endpoint that answers.
 * @param {Contract} contract @param {string} address
 * @param {string[]} ids the tokens that the site knows
 * @param {Endpoint[]} endpoints @param {AbortSignal} [signal]
 * @param {number} [known] the block up to which the site knows the chain; an endpoint behind it is out of date
 * @returns {Promise<Read>}
 */
export async function readTokens(contract, address, ids, endpoints, signal, known = 0) {
  const { value, endpoint } = await askInTurn(endpoints, signal, async (candidate) => {
    await checkChain(candidate, contract, signal);
    return readAtOneBlock(candidate, contract, address, ids, known, signal);
  });
  return { ...value, endpoint: endpoint.label };
}

/**
 * Try endpoints in turn; if all fail, the error lists why.
 * @template T
 * @param {Endpoint[]} endpoints @param {AbortSignal | undefined} signal
 * @param {(endpoint: Endpoint) => Promise<T>} ask
 * @returns {Promise<{ value: T, endpoint: Endpoint }>}
 */
async function askInTurn(endpoints, signal, ask) {
  /** @type {string[]} */
  let reasons = [];
  for (const isLast of [false, true]) {
    reasons = [];
    let isBusy = false;
    for (const endpoint of endpoints) {
      try {
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

/**
 * @param {Endpoint} endpoint @param {Contract} contract @param {string} address
 * @param {string[]} ids @param {number} known @param {AbortSignal} [signal]
 */
async function readAtOneBlock(endpoint, contract, address, ids, known, signal) {
  for (let reads = 0; reads < REREADS; reads++) {
    const head = await endpoint.request("eth_getBlockByNumber", ["latest", false], signal);
    if (typeof head?.hash !== "string") throw new Error(_("it doesn't give its latest block"));
    if (toNumber(head.number) < known) throw new Error(_("it lags behind, at block %(block)s", { block: toNumber(head.number) }));
    const chain = await Reader.at(head.number, endpoint, signal);
    const read = contract.standard === "erc1155" ? readBalances : readOwned;
    const tokens = await read(chain, contract.address, address, ids);
    const after = await endpoint.request("eth_getBlockByNumber", [head.number, false], signal);
    if (after?.hash !== head.hash) continue;
    const time = new Date(toNumber(head.timestamp) * 1000).toISOString();
    return { ...tokens, block: toNumber(head.number), time };
  }
  throw new Error(_("the chain kept reorganising"));
}

/** Contract calls at one block, through one endpoint. */
class Reader {
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
    return new Reader(new ethers.Interface(ABI), block, endpoint, signal);
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
 * @param {Reader} chain @param {string} contract @param {string} address @param {string[]} ids
 * @returns {Promise<Tokens>}
 */
async function readBalances(chain, contract, address, ids) {
  const tokens = new Map();
  await forEachBatch(chain.endpoint.limits, "batch", ids, async (part) => {
    /** @type {bigint[]} */
    const counts = await chain.call(contract, "balanceOfBatch", [part.map(() => address), part]);
    if (counts.length !== part.length) throw new Error(_("incomplete response"));
    for (const [nth, count] of counts.entries()) {
      if (count > 0n) tokens.set(String(part[nth]), count < MOST_COPIES ? Number(count) : MOST_COPIES);
    }
  });
  return { tokens, complete: true };
}

/**
 * @param {Reader} chain @param {string} contract @param {string} address @param {string[]} ids
 * @returns {Promise<Tokens>}
 */
async function readOwned(chain, contract, address, ids) {
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
 * @param {Reader} chain @param {string} contract @param {string} address
 * @returns {Promise<bigint[]>}
 */
function listByTokensOfOwner(chain, contract, address) {
  return chain.call(contract, "tokensOfOwner", [address]).then((ids) => [...ids], emptyIfRefused);
}

/**
 * @param {Reader} chain @param {string} contract @param {string} address @param {number} count
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
 * @param {Reader} chain @param {string} contract @param {string} address @param {number} count @param {string[]} ids
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
 * @param {Reader} chain @param {string} contract @param {string} address @param {number} count @param {string[]} ids
 */
async function scanOwners(chain, contract, address, count, ids) {
  /** @type {bigint[]} */
  const owned = [];
  const runs = toRuns(ids.map(BigInt)).flatMap((run) => toSlices(run, MOST.scan));
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
 * @param {Reader} chain @param {string} contract @param {string} address @param {number} count @param {string[]} ids
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

/**
 * @template T
 * @param {T[]} items @param {number} size
 */
function toSlices(items, size) {
  return Array.from({ length: Math.ceil(items.length / size) }, (nothing, nth) => items.slice(nth * size, (nth + 1) * size));
}

/**
 * Process items in batches; a batch that the endpoint rejects is halved, down to LEAST items, and later ones are
 * as small from the start.
 * @template T
 * @param {Map<string, number>} limits @param {"batch" | "calls"} kind @param {T[]} items
 * @param {(batch: T[]) => Promise<void>} ask @param {() => boolean} [isEnough]
 */
function forEachBatch(limits, kind, items, ask, isEnough) {
  const most = () => Math.min(MOST[kind], limits.get(kind) ?? MOST[kind]);
  return forEachQueued(toSlices(items, most()), async (batch, queue) => {
    if (batch.length > most()) {
      queue.unshift(...toSlices(batch, most()));
      return;
    }
    try {
      await ask(batch);
    } catch (error) {
      if (!(error instanceof RpcError) || !TOO_LARGE.has(error.kind) || batch.length <= LEAST) throw error;
      limits.set(kind, Math.min(most(), Math.ceil(batch.length / 2)));
      queue.unshift(batch);
    }
  }, isEnough);
}

/**
 * Process a queue, a few items at a time, until it is empty or enough is found.
 * @template T
 * @param {T[]} queue @param {(item: T, queue: T[]) => Promise<void>} act
 */
async function forEachQueued(queue, act, isEnough = () => false) {
  const work = async () => {
    while (queue.length && !isEnough()) await act(/** @type {T} */ (queue.shift()), queue);
  };
  try {
    await Promise.all(Array.from({ length: AT_A_TIME }, work));
  } finally {
    queue.length = 0; // after a failure, stop the other workers
  }
}

/**
 * @param {unknown} error
 * @returns {never[]}
 */
function emptyIfRefused(error) {
  if (error instanceof RpcError && REJECTED.has(error.kind)) return [];
  throw error;
}
