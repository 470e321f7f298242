// The page's connection to a wallet: lists the browser's wallets, connects to one, and follows its account and its chain.
import { cloneTemplate, createElement, find, part } from "../base/dom.js";
import { httpEndpoint, walletEndpoint } from "../tokens/rpc.js";
import { connect, resume, Wallets } from "../tokens/wallet.js";

/** @import { Holding } from "../tokens/ownership.js" */
/** @import { TierContract } from "../tokens/token-ids.js" */
/** @import { Session, Wallet } from "../tokens/wallet.js" */
/**
 * @typedef {object} ConnectionListeners
 * @property {(wallet: Wallet) => void} chosen by the visitor
 * @property {(address: string) => void} account to be read; "" when the wallet is locked
 */

export class WalletConnection {
  /** @type {Session | null} */
  #session = null; // while a wallet is connected
  #page;
  #contracts;
  #listeners;
  #life;

  /**
   * @param {HTMLElement} page @param {() => Promise<TierContract[]>} contracts of the collection
   * @param {ConnectionListeners} listeners @param {AbortSignal} life aborted when the page is left
   */
  constructor(page, contracts, listeners, life) {
    this.#page = page;
    this.#contracts = contracts;
    this.#listeners = listeners;
    this.#life = life;
    life.addEventListener("abort", () => this.#session?.close());
  }

  get address() {
    return this.#session?.address ?? "";
  }

  /**
   * List the wallets as they announce themselves.
   * @param {Readonly<Holding>} holding from an earlier visit, whose wallet is connected to again
   */
  list(holding) {
    const wallets = new Wallets(this.#life);
    const show = () => {
      part(this.#page, "no-wallet").hidden = wallets.list.length > 0;
      part(this.#page, "wallets").replaceChildren(...wallets.list.map((wallet) => this.#item(wallet)));
      this.#resume(wallets, holding);
    };
    wallets.on("change", show, { signal: this.#life });
    show();
  }

  /**
   * Connect to a wallet, which asks the visitor; resolves to the address.
   * @param {Wallet} wallet @param {AbortSignal} signal
   */
  async connect(wallet, signal) {
    const session = await connect(wallet, signal);
    this.#adopt(session);
    return session.address;
  }

  disconnect() {
    this.#session?.close();
    this.#session = null;
    this.#offerSwitch();
  }

  /**
   * Ask the wallet to switch to a chain; resolves to the address.
   * @param {number} chain @param {AbortSignal} signal
   */
  async switchTo(chain, signal) {
    const session = this.#session;
    await session?.switchTo(chain, signal);
    this.#offerSwitch();
    return session?.address ?? "";
  }

  /**
   * The endpoints of a contract's chain, the wallet's own first.
   * @param {Data.Contract} contract
   */
  endpoints({ chain_id, rpc }) {
    const session = this.#session;
    const own = session && session.chain === chain_id ? [walletEndpoint(session.wallet.provider, session.wallet.name)] : [];
    return [...own, ...rpc.map(httpEndpoint)];
  }

  /**
   * The id of the wallet that has given an address; "" if none has.
   * @param {string} address
   */
  walletOf(address) {
    const session = this.#session;
    return session && isSameAddress(session.address, address) ? session.wallet.id : "";
  }

  /** @param {Wallet} wallet */
  #item(wallet) {
    const item = cloneTemplate("wallet");
    const button = find(item, "button");
    find(item, "span").textContent = wallet.name;
    if (wallet.icon) button.prepend(createElement("img", { width: 28, height: 28, src: wallet.icon, alt: "" }));
    button.addEventListener("click", () => this.#listeners.chosen(wallet), { signal: this.#life });
    return item;
  }

  /**
   * Reconnect to the wallet of an earlier visit, without a prompt.
   * @param {Wallets} wallets @param {Readonly<Holding>} holding
   */
  async #resume(wallets, holding) {
    const wallet = wallets.list.find(({ id }) => id && id === holding.wallet);
    if (this.#session || !wallet) return;
    const session = await resume(wallet).catch(() => null);
    if (!session) return;
    if (this.#session || this.#life.aborted) {
      session.close();
      return;
    }
    this.#adopt(session);
    if (!isSameAddress(session.address, holding.address)) this.#listeners.account(session.address);
  }

  /** @param {Session} session */
  #adopt(session) {
    this.disconnect();
    this.#session = session;
    const signal = this.#life;
    session.on("accounts", () => this.#session === session && this.#listeners.account(session.address), { signal });
    session.on("chain", () => this.#offerSwitch(), { signal });
    session.on("gone", () => this.#offerSwitch(), { signal });
    this.#offerSwitch();
  }

  /** Offer to switch the wallet's chain; without it the site's endpoints are used. */
  async #offerSwitch() {
    const contracts = await this.#contracts();
    const chain = this.#session?.chain;
    part(this.#page, "switch").hidden = !contracts.length || !this.#session || contracts.some(({ contract }) => contract.chain_id === chain);
  }
}

/** @param {string} one @param {string} other */
function isSameAddress(one, other) {
  return one.toLowerCase() === other.toLowerCase();
}
