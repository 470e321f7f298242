// /mine/: connects a wallet or takes an address, and shows its tokens. songs.js shows what they can be forged into.
import { checkAddress } from "../tokens/addresses.js";
import { readTokens } from "../tokens/chain.js";
import { hasNames, resolveName } from "../tokens/ens.js";
import { cloneTemplate, find, siteAddress, createLink, loadJson, createElement, part, setText } from "../base/dom.js";
import { reasonOf } from "../base/errors.js";
import { ROOT } from "../base/root.js";
import { isGone } from "../language/names.js";
import { loadLedger } from "../tokens/ledger.js";
import { _, formatMoment, formatNumber, plural } from "../language/phrases.js";
import { copiesOf, findHoldings, hasOwners, isIn, unreadNotice } from "./holdings.js";
import { Planner } from "./planner.js";
import { Songs } from "./songs.js";
import { TokenList } from "./token-list.js";
import { forget, owned, remember, unlockedStems } from "../tokens/ownership.js";
import { httpEndpoint, walletEndpoint } from "../tokens/rpc.js";
import { contractsOf } from "../tokens/token-ids.js";
import { eachPage } from "../pages/page-life.js";
import { connect, resume, Wallets } from "../tokens/wallet.js";

/** @import { Holding } from "../tokens/ownership.js" */
/** @import { TierContract } from "../tokens/token-ids.js" */
/** @import { Session, Wallet } from "../tokens/wallet.js" */
/** @import { ReadContract } from "./holdings.js" */
/** @typedef {Holding & { endpoint?: string }} ReadHolding */

class HoldingsPage {
  #page;
  #life;
  /** @type {Promise<Data.Collection> | null} */
  #facts = null;
  /** @type {Promise<{ ledger: Data.Ledger, byId: Map<string, Data.Token> }> | null} */
  #ledger = null;
  /** @type {Session | null} */
  #session = null; // while a wallet is connected
  #task = new AbortController(); // aborts the current request
  #songs;
  #tokens;

  /** @param {HTMLElement} page @param {AbortSignal} life aborted when the page is left */
  constructor(page, life) {
    this.#page = page;
    this.#life = life;
    const { off = "" } = page.dataset;
    const planner = off ? null : new Planner();
    this.#songs = new Songs(part(page, "songs"), planner, off, life);
    this.#tokens = new TokenList(part(page, "tokens"), life);
    /** @param {string} name @param {() => void} act */
    const on = (name, act) => part(page, name).addEventListener("click", act, { signal: life });
    on("again", () => this.#refresh());
    on("switch", () => this.#switch());
    on("forget", () => this.#forget());
    on("cancel", () => this.#task.abort(new Error(_("Cancelled."))));
    part(page, "look").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#lookUp(find(page, "[data-look] [name=address]", HTMLInputElement).value.trim());
    }, { signal: life });
    page.hidden = false;
    const holding = owned();
    if (holding.known) this.#show(holding).catch((error) => this.#setStatus(reasonOf(error)));
    this.#listWallets(holding);
    life.addEventListener("abort", () => {
      this.#task.abort();
      this.#session?.close();
      planner?.close();
      this.#songs.close();
    });
  }

  /** @param {Readonly<Holding>} holding from an earlier visit */
  #listWallets(holding) {
    const wallets = new Wallets(this.#life);
    const show = () => {
      part(this.#page, "no-wallet").hidden = wallets.list.length > 0;
      part(this.#page, "wallets").replaceChildren(...wallets.list.map((wallet) => this.#walletItem(wallet)));
      this.#resume(wallets, holding);
    };
    wallets.on("change", show, { signal: this.#life });
    show();
  }

  /** @param {Wallet} wallet */
  #walletItem(wallet) {
    const item = cloneTemplate("wallet");
    const button = find(item, "button");
    find(item, "span").textContent = wallet.name;
    if (wallet.icon) button.prepend(createElement("img", { width: 28, height: 28, src: wallet.icon, alt: "" }));
    button.addEventListener("click", () => this.#connect(wallet), { signal: this.#life });
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
    if (!isSameAddress(session.address, holding.address)) this.#read(session.address);
  }

  /** @param {Wallet} wallet */
  async #connect(wallet) {
    await this.#findAndRead(_("Waiting for %(wallet)s. Look for its window if nothing has opened.", { wallet: wallet.name }), async (signal) => {
      const session = await connect(wallet, signal);
      this.#adopt(session);
      return checkAddress(session.address);
    });
  }

  /** @param {string} words an address or an ENS name */
  async #lookUp(words) {
    if (!words) return;
    await this.#findAndRead(_("Looking it up."), async (signal) => {
      const contracts = contractsOf(await this.#collection());
      const { contract } = contracts.find((each) => hasNames(each.contract)) ?? contracts[0] ?? {};
      if (/^0x/i.test(words)) return checkAddress(words);
      if (!/\.[^.]+$/.test(words)) throw new Error(_("This is neither an address nor a name."));
      if (!contract) throw new Error(_("Names can only be looked up for collections with a contract."));
      return resolveName(words, contract, this.#endpoints(contract), signal);
    }, () => this.#disconnect());
  }

  /**
   * Find an address, as a new request, and read its tokens.
   * @param {string} waiting message meanwhile @param {(signal: AbortSignal) => Promise<string>} findAddress
   */
  async #findAndRead(waiting, findAddress, before = () => {}) {
    const signal = this.#begin(waiting);
    try {
      const address = await findAddress(signal);
      if (signal.aborted) return;
      before();
      await this.#read(address);
    } catch (error) {
      if (this.#task.signal === signal) this.#end(reasonOf(error));
    }
  }

  /** @param {Session} session */
  #adopt(session) {
    this.#disconnect();
    this.#session = session;
    const signal = this.#life;
    session.on("accounts", () => this.#followAccount(session), { signal });
    session.on("chain", () => this.#offerSwitch(), { signal });
    session.on("gone", () => this.#offerSwitch(), { signal });
    this.#offerSwitch();
  }

  #disconnect() {
    this.#session?.close();
    this.#session = null;
    this.#offerSwitch();
  }

  /** @param {Session} session */
  #followAccount(session) {
    if (this.#session !== session) return;
    if (session.address) {
      this.#read(session.address);
      return;
    }
    this.#disconnect();
    this.#drop();
    this.#end(_("The wallet is locked or disconnected from this site. What was read before is still shown."));
  }

  async #switch() {
    const [first] = contractsOf(await this.#collection());
    const session = this.#session;
    if (!first || !session) return;
    const signal = this.#begin(_("Waiting for the wallet to switch to the collection's chain."));
    try {
      await session.switchTo(first.contract.chain_id, signal);
      this.#offerSwitch();
      await this.#read(session.address);
    } catch (error) {
      if (this.#task.signal === signal) this.#end(reasonOf(error));
    }
  }

  /** Offer to switch the wallet's chain; without it the site's endpoints are used. */
  async #offerSwitch() {
    const contracts = contractsOf(await this.#collection());
    const chain = this.#session?.chain;
    part(this.#page, "switch").hidden = !contracts.length || !this.#session || contracts.some(({ contract }) => contract.chain_id === chain);
  }

  #refresh() {
    const address = this.#session?.address || owned().address || part(this.#page, "address").textContent;
    if (address) this.#read(address);
  }

  #forget() {
    this.#disconnect();
    this.#drop();
    forget();
    for (const name of ["account", "tokens"]) part(this.#page, name).hidden = true;
    this.#songs.hide();
    part(this.#page, "look", HTMLFormElement).reset();
    this.#end(_("Forgotten. The wallet itself may still list this site; you can remove it there."));
  }

  /**
   * Read an address's tokens, and show them.
   * @param {string} address
   */
  async #read(address) {
    const signal = this.#begin(_("Reading what it holds."));
    try {
      const contracts = contractsOf(await this.#collection());
      const { ledger, byId } = await this.#tokensKnown();
      /** @type {ReadContract} */
      const readContract = async (contract, ids, known) => readTokens(contract, address, ids, this.#endpoints(contract), signal, known);
      const { reason, ...read } = await findHoldings(contracts, address, ledger, readContract, signal);
      signal.throwIfAborted();
      const session = this.#session;
      const wallet = session && isSameAddress(session.address, address) ? session.wallet.id : "";
      const tokens = [...read.tokens.keys()].flatMap((id) => byId.get(id) ?? []);
      const forge = tokens.some(({ tier }) => tier === "album") ? await this.#songs.facts() : { songs: [], albums: [] };
      const stems = new Set(tokens.flatMap((token) => unlockedStems(token, forge)));
      const holding = { known: true, address, wallet, stems, ...read };
      const isSaved = remember(holding);
      await this.#show(holding, { isSaved, reason });
      if (this.#task.signal === signal) this.#end("");
    } catch (error) {
      if (this.#task.signal === signal) this.#end(signal.aborted ? _("Cancelled.") : reasonOf(error));
    }
  }

  /** @param {Data.Contract} contract */
  #endpoints(contract) {
    const session = this.#session;
    const own = session && session.chain === contract.chain_id ? [walletEndpoint(session.wallet.provider, session.wallet.name)] : [];
    return [...own, ...contract.rpc.map(httpEndpoint)];
  }

  /** @param {Readonly<ReadHolding>} holding */
  async #show(holding, { isSaved = true, reason = "" } = {}) {
    const page = this.#page;
    const { ledger, byId } = await this.#tokensKnown();
    const collection = await this.#collection();
    const { address, tokens, stems } = holding;
    const total = [...tokens.values()].reduce((sum, count) => sum + count, 0);
    setText(part(page, "address"), address);
    setText(part(page, "count"), formatNumber(total));
    setText(part(page, "opened"), formatNumber(stems.size));
    setText(part(page, "source"), sourceOf(holding));
    const contracts = contractsOf(collection);
    const unread = unreadNotice(holding, ledger, contracts, reason);
    const notices = [...disagreements(holding, ledger, byId, contracts), ...(unread ? [[unread]] : []), ...failures(holding, isSaved, reason, hasOwners(ledger))];
    part(page, "notices").replaceChildren(...notices.map((nodes) => createElement("li", { class: "notice" }, ...nodes)));
    part(page, "account").hidden = false;
    this.#tokens.show(tokens, byId, collection);
    await this.#songs.show({ tokens, byId, collection });
  }

  /** @returns {Promise<Data.Collection>} */
  #collection() {
    this.#facts ??= loadJson("data/collection.json").catch((error) => {
      this.#facts = null; // retry on the next call
      throw error;
    });
    return this.#facts;
  }

  #tokensKnown() {
    const read = async () => {
      const ledger = await loadLedger(ROOT);
      return { ledger, byId: new Map(ledger.tokens.map((token) => [token.id, token])) };
    };
    this.#ledger ??= read().catch((error) => {
      this.#ledger = null; // retry on the next call
      throw error;
    });
    return this.#ledger;
  }

  /** Abort the current request, which has no more say. */
  #drop() {
    this.#task.abort();
    this.#task = new AbortController();
  }

  /** @param {string} words */
  #begin(words) {
    this.#drop();
    this.#page.setAttribute("aria-busy", "true");
    part(this.#page, "cancel").hidden = false;
    this.#setStatus(words);
    return this.#task.signal;
  }

  /** @param {string} words */
  #end(words) {
    this.#page.removeAttribute("aria-busy");
    part(this.#page, "cancel").hidden = true;
    this.#setStatus(words);
  }

  /** @param {string} words */
  #setStatus(words) {
    setText(part(this.#page, "status"), words);
  }
}

/** @param {string} one @param {string} other */
function isSameAddress(one, other) {
  return one.toLowerCase() === other.toLowerCase();
}

/** @param {Readonly<ReadHolding>} holding */
function sourceOf({ source, block, time, endpoint }) {
  const chain = endpoint ? _("the chain (%(endpoint)s)", { endpoint }) : _("the chain");
  const from = source === "chain" ? chain : _("this site's own list");
  const where = block === null ? from : _("%(from)s at block %(block)s", { from, block: formatNumber(block) });
  if (!time) return where;
  return _("%(from)s, %(time)s", { from: where, time: formatMoment(time) });
}

/**
 * Notices about differences between the chain, which is right, and the site; of the contracts that were read.
 * @param {Readonly<Holding>} holding @param {Data.Ledger} ledger @param {Map<string, Data.Token>} byId
 * @param {TierContract[]} contracts
 */
function disagreements({ source, block, tokens, address, unread }, ledger, byId, contracts) {
  if (source !== "chain") return [];
  const isRead = (/** @type {string} */ id) => !unread.some((folder) => isIn(folder, id));
  const held = [...tokens.keys()].filter(isRead);
  const strange = held.filter((id) => !byId.has(id));
  const alive = held.filter((id) => isGone(byId.get(id)));
  const moved = ledger.tokens.filter((token) => isRead(token.id) && copiesOf(token, address) !== (tokens.get(token.id) ?? 0));
  const differs = hasOwners(ledger) ? moved.length + strange.length : strange.length + alive.length;
  if (!differs) return [];
  const sentences = [
    plural(
      differs,
      "This site is behind the chain: they disagree about %(num)s token of this address. What you see here is what the chain says.",
      "This site is behind the chain: they disagree about %(num)s tokens of this address. What you see here is what the chain says.",
    ),
  ];
  const isOfFirst = !unread.includes(contracts[0]?.folder); // otherwise the block may be another chain's
  if (ledger.block && block && isOfFirst) sentences.push(_("The site knows the chain up to block %(known)s; it is now at %(now)s.", { known: formatNumber(ledger.block), now: formatNumber(block) }));
  if (strange.length) sentences.push(plural(strange.length, "%(num)s token is new to this site.", "%(num)s tokens are new to this site."));
  return [[sentences.join(" ")]];
}

/**
 * @param {Readonly<Holding>} holding @param {boolean} isSaved @param {string} reason why the chain was not read
 * @param {boolean} isListed whether the site has a list of holders
 * @returns {(string | Node)[][]}
 */
function failures({ source, complete, tokens, unread }, isSaved, reason, isListed) {
  /** @type {(string | Node)[][]} */
  const notices = [];
  if (!complete && (isListed || !unread.length)) notices.push([_("Incomplete: the address holds tokens that this site doesn't know yet, so they can't be listed.")]);
  if (source === "snapshot" && reason) notices.push([_("The chain could not be read (%(reason)s). This is the site's own list, which may be out of date.", { reason })]);
  if (!isSaved) notices.push([_("This browser saves nothing, so the mixers don't know what you hold.")]);
  if (!tokens.size) notices.push([_("This address holds nothing from this collection."), " ", createLink(_("See the gallery"), siteAddress("gallery/")), "."]);
  return notices;
}

eachPage((life) => {
  const page = document.querySelector("[data-mine]");
  if (page instanceof HTMLElement) new HoldingsPage(page, life);
});
