// The visitor's wallets: discovers them, requests accounts and the chain id, and switches the chain if the visitor
// asks for it. Never requests a signature, an approval or a transaction.
//
//   new Wallets(life)          `list`, and the event "change" when it has grown
//   connect(wallet, signal)    requests accounts; resolves to a Session
//   resume(wallet, signal)     resolves to a Session for an account that was shared before, or null; no prompt
//
// Session: address, chain; events "accounts" (address is "" when it is locked), "chain", "gone".

/** @import { Provider } from "./rpc.js" */
/**
 * @typedef {object} Wallet
 * @property {string} id the reverse domain name that it announced, or ""
 * @property {string} name
 * @property {string} icon a data: URL, or ""
 * @property {Provider} provider
 * @property {boolean} [isInjected] it is window.ethereum, which is often one of those announced
 */

import { _ } from "../language/phrases.js";
import { Emitter } from "../base/emitter.js";
import { askWallet, shorten, toNumber, withTimeout } from "./rpc.js";

const ANSWER_SECONDS = 120; // for a person to unlock the wallet and to confirm
const QUICK_SECONDS = 5; // for requests without a prompt
const LATE_MILLISECONDS = [500, 1500, 3000]; // mobile browsers inject the wallet late
const MOST_WALLETS = 20;
const ICON = /^data:image\/(png|svg\+xml|webp|jpeg|gif)[;,]/;
const NAME = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i;
const FLAG = /^is[A-Z]/;
const ADDRESS = /^0x[0-9a-f]{40}$/i;
const REASONS = new Map([
  [4001, _("You declined the request.")],
  [4100, _("The wallet hasn't given this site access to an account.")],
  [4900, _("The wallet is not connected to any chain.")],
  [4902, _("The wallet does not know this chain: add it there first.")],
  [-32002, _("The wallet is already asking. Open it and answer there.")],
]);

/**
 * The browser's wallets: those that announce themselves (EIP-6963), and window.ethereum.
 * @extends {Emitter<{ change: undefined }>}
 */
export class Wallets extends Emitter {
  /** @type {Wallet[]} */
  list = [];

  /** @param {AbortSignal} life ends the discovery */
  constructor(life) {
    super();
    addEventListener("eip6963:announceProvider", (event) => this.#announce(/** @type {CustomEvent} */ (event).detail), { signal: life });
    dispatchEvent(new Event("eip6963:requestProvider"));
    addEventListener("ethereum#initialized", () => this.#findInjected(), { signal: life });
    for (const wait of [0, ...LATE_MILLISECONDS]) setTimeout(() => life.aborted || this.#findInjected(), wait);
  }

  /** @param {any} detail untrusted */
  #announce(detail) {
    try {
      const { name, icon, rdns } = detail.info;
      this.#add({
        id: matches(rdns, NAME) ? rdns : "",
        name: matches(name, /\S/) ? shorten(name).slice(0, 40) : _("Unnamed wallet"),
        icon: matches(icon, ICON) ? icon : "",
        provider: detail.provider,
      });
    } catch {
      // reading it may throw: not a wallet
    }
  }

  #findInjected() {
    attempt(() => {
      const provider = /** @type {Provider | undefined} */ (window.ethereum);
      if (provider) this.#add({ id: "", name: _("This browser's wallet"), icon: "", provider, isInjected: true });
    });
  }

  /** @param {Wallet} wallet with an untrusted provider */
  #add(wallet) {
    if (typeof wallet.provider?.request !== "function" || this.list.length >= MOST_WALLETS) return;
    const known = this.list.findIndex((listed) => isSameWallet(listed, wallet));
    if (known >= 0 && (wallet.isInjected || !this.list[known].isInjected)) return;
    if (known >= 0) this.list.splice(known, 1); // window.ethereum has announced itself now
    this.list.push(wallet);
    this.emit("change");
  }
}

/** @param {Wallet} one @param {Wallet} other */
function isSameWallet(one, other) {
  if (one.provider === other.provider || (one.id && one.id === other.id)) return true;
  return Boolean(one.isInjected) !== Boolean(other.isInjected) && isSameProvider(one.provider, other.provider);
}

/**
 * Whether two providers are the same wallet's: many put a Proxy of what they announce at window.ethereum.
 * @param {any} one @param {any} other untrusted
 */
function isSameProvider(one, other) {
  return sharesRequest(one, other) || isSeenThrough(one, other) || isSeenThrough(other, one) || isAlike(one, other);
}

/** @param {any} one @param {any} other */
function sharesRequest(one, other) {
  let isShared = false;
  attempt(() => {
    isShared = Object.hasOwn(one, "request") && one.request === other.request;
  });
  return isShared;
}

/**
 * Whether a mark on one object is seen on the other.
 * @param {any} one @param {any} other
 */
function isSeenThrough(one, other) {
  const mark = Symbol("stempress");
  try {
    Object.defineProperty(one, mark, { value: mark, configurable: true });
    return other[mark] === mark;
  } catch {
    return false; // frozen, or hostile
  } finally {
    attempt(() => delete one[mark]);
  }
}

/**
 * Whether both say that they are the same wallet: isRabby, isTrust... Many claim to be MetaMask as well.
 * @param {any} one @param {any} other
 */
function isAlike(one, other) {
  const [flags, others] = [flagsOf(one), flagsOf(other)];
  return flags !== "" && flags !== "isMetaMask" && flags === others;
}

/** @param {any} provider */
function flagsOf(provider) {
  /** @type {string[]} */
  const flags = [];
  attempt(() => {
    for (const name in provider) if (FLAG.test(name) && provider[name] === true) flags.push(name);
  });
  return flags.sort().join();
}

/** @param {Wallet} wallet @param {AbortSignal} signal */
export async function connect(wallet, signal) {
  const accounts = await ask(wallet, "eth_requestAccounts", [], ANSWER_SECONDS, signal);
  const address = firstAddress(accounts);
  if (!address) throw new Error(_("The wallet has given no account: it may be locked."));
  return Session.open(wallet, address, signal);
}

/** @param {Wallet} wallet @param {AbortSignal} [signal] */
export async function resume(wallet, signal) {
  const address = firstAddress(await ask(wallet, "eth_accounts", [], QUICK_SECONDS, signal));
  return address ? Session.open(wallet, address, signal) : null;
}

/** @extends {Emitter<{ accounts: undefined, chain: undefined, gone: undefined }>} */
export class Session extends Emitter {
  /** @type {number | null} the id of the chain that the wallet is on */
  chain = null;
  /** @type {[event: string, listener: (value: unknown) => void][]} */
  #listeners = [];

  /** @param {Wallet} wallet @param {string} address */
  constructor(wallet, address) {
    super();
    this.wallet = wallet;
    this.address = address;
  }

  /** @param {Wallet} wallet @param {string} address @param {AbortSignal} [signal] */
  static async open(wallet, address, signal) {
    const session = new Session(wallet, address);
    session.#listen("accountsChanged", (accounts) => session.#change("accounts", { address: firstAddress(accounts) }));
    session.#listen("chainChanged", (chain) => session.#change("chain", { chain: numberOrNull(chain) }));
    session.#listen("disconnect", () => session.#change("gone", { chain: null }));
    session.chain = await ask(wallet, "eth_chainId", [], QUICK_SECONDS, signal).then(numberOrNull, () => null);
    return session;
  }

  /**
   * Request a switch to another chain (EIP-3326); the wallet prompts the visitor.
   * @param {number} chain @param {AbortSignal} signal
   */
  async switchTo(chain, signal) {
    const params = [{ chainId: `0x${chain.toString(16)}` }];
    await ask(this.wallet, "wallet_switchEthereumChain", params, ANSWER_SECONDS, signal);
    this.chain = await ask(this.wallet, "eth_chainId", [], QUICK_SECONDS, signal).then(numberOrNull);
  }

  close() {
    for (const [event, listener] of this.#listeners) attempt(() => this.wallet.provider.removeListener?.(event, listener));
    this.#listeners = [];
  }

  /** @param {string} event @param {(value: unknown) => void} listener */
  #listen(event, listener) {
    this.#listeners.push([event, listener]);
    attempt(() => this.wallet.provider.on?.(event, listener));
  }

  /** @param {"accounts" | "chain" | "gone"} type @param {{ address?: string, chain?: number | null }} facts */
  #change(type, facts) {
    Object.assign(this, facts);
    this.emit(type);
  }
}

/**
 * @param {Wallet} wallet @param {string} method @param {unknown[]} params
 * @param {number} seconds @param {AbortSignal} [signal]
 */
async function ask({ provider }, method, params, seconds, signal) {
  try {
    return await withTimeout(seconds, askWallet(provider, method, params), signal);
  } catch (error) {
    signal?.throwIfAborted();
    throw new Error(reasonOf(error), { cause: error });
  }
}

/**
 * The message for a wallet's error, or for the one nested in it.
 * @param {any} error untrusted
 */
function reasonOf(error) {
  const codes = [error?.data?.originalError?.code, error?.data?.code, error?.code];
  return REASONS.get(codes.find((code) => REASONS.has(code))) ?? _("The wallet says: %(reason)s", { reason: shorten(error?.message) });
}

/** @param {unknown} accounts */
function firstAddress(accounts) {
  const first = Array.isArray(accounts) ? accounts[0] : undefined;
  return matches(first, ADDRESS) ? first : "";
}

/**
 * @param {unknown} value @param {RegExp} pattern
 * @returns {value is string}
 */
function matches(value, pattern) {
  return typeof value === "string" && pattern.test(value);
}

/** @param {unknown} chain */
function numberOrNull(chain) {
  try {
    return toNumber(chain);
  } catch {
    return null;
  }
}

/** @param {() => void} act */
function attempt(act) {
  try {
    act();
  } catch {
    // hostile, or without events: a wallet without events still provides its accounts
  }
}
