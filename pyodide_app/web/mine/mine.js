// /mine/: connects a wallet or takes an address, and shows its tokens. songs.js shows what they can be forged into.
import { createElement, find, loadJson, part, setText } from "../base/dom.js";
import { reasonOf } from "../base/errors.js";
import { once } from "../base/once.js";
import { ROOT } from "../base/root.js";
import { _, formatNumber } from "../language/phrases.js";
import { eachPage } from "../pages/page-life.js";
import { checkAddress } from "../tokens/addresses.js";
import { readTokens } from "../tokens/chain.js";
import { hasNames, resolveName } from "../tokens/ens.js";
import { loadLedger } from "../tokens/ledger.js";
import { forget, owned, remember, unlockedStems } from "../tokens/ownership.js";
import { contractsOf } from "../tokens/token-ids.js";
import { findHoldings } from "./holdings.js";
import { notices, sourceOf } from "./notices.js";
import { Planner } from "./planner.js";
import { Songs } from "./songs.js";
import { Task } from "./task.js";
import { TokenList } from "./token-list.js";
import { WalletConnection } from "./wallet-connection.js";

/** @import { Wallet } from "../tokens/wallet.js" */
/** @import { ReadContract } from "./holdings.js" */
/** @import { KnownTokens, ReadHolding } from "./notices.js" */

class HoldingsPage {
  #page;
  #collection = once(loadCollection);
  #known = once(loadKnownTokens);
  #task;
  #connection;
  #songs;
  #tokens;

  /** @param {HTMLElement} page @param {AbortSignal} life aborted when the page is left */
  constructor(page, life) {
    this.#page = page;
    const { off = "" } = page.dataset;
    const planner = off ? null : new Planner();
    this.#task = new Task(page, life);
    this.#connection = new WalletConnection(page, () => this.#contracts(), {
      chosen: (wallet) => this.#connect(wallet),
      account: (address) => this.#followAccount(address),
    }, life);
    this.#songs = new Songs(part(page, "songs"), planner, off, life);
    this.#tokens = new TokenList(part(page, "tokens"), life);
    this.#listen(life);
    page.hidden = false;
    const holding = owned();
    if (holding.known) this.#show(holding).catch((error) => this.#task.report(reasonOf(error)));
    this.#connection.list(holding);
    life.addEventListener("abort", () => {
      planner?.close();
      this.#songs.close();
    });
  }

  /** @param {AbortSignal} life */
  #listen(life) {
    /** @param {string} name @param {() => void} act */
    const on = (name, act) => part(this.#page, name).addEventListener("click", act, { signal: life });
    on("again", () => this.#refresh());
    on("switch", () => this.#switch());
    on("forget", () => this.#forget());
    part(this.#page, "look").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#lookUp(find(this.#page, "[data-look] [name=address]", HTMLInputElement).value.trim());
    }, { signal: life });
  }

  /** @param {Wallet} wallet */
  async #connect(wallet) {
    await this.#findAndRead(_("Waiting for %(wallet)s. Look for its window if nothing has opened.", { wallet: wallet.name }), async (signal) =>
      checkAddress(await this.#connection.connect(wallet, signal)));
  }

  /** @param {string} words an address or an ENS name */
  async #lookUp(words) {
    if (!words) return;
    await this.#findAndRead(_("Looking it up."), async (signal) => {
      const contracts = await this.#contracts();
      const { contract } = contracts.find((each) => hasNames(each.contract)) ?? contracts[0] ?? {};
      if (/^0x/i.test(words)) return checkAddress(words);
      if (!/\.[^.]+$/.test(words)) throw new Error(_("This is neither an address nor a name."));
      if (!contract) throw new Error(_("Names can only be looked up for collections with a contract."));
      return resolveName(words, contract, this.#connection.endpoints(contract), signal);
    }, () => this.#connection.disconnect());
  }

  /**
   * Find an address, as a new request, and read its tokens.
   * @param {string} waiting message meanwhile @param {(signal: AbortSignal) => Promise<string>} findAddress
   */
  async #findAndRead(waiting, findAddress, before = () => {}) {
    const signal = this.#task.begin(waiting);
    try {
      const address = await findAddress(signal);
      if (signal.aborted) return;
      before();
      await this.#read(address);
    } catch (error) {
      if (this.#task.isCurrent(signal)) this.#task.end(reasonOf(error));
    }
  }

  /** @param {string} address of the wallet; "" when it is locked */
  #followAccount(address) {
    if (address) {
      this.#read(address);
      return;
    }
    this.#connection.disconnect();
    this.#task.drop();
    this.#task.end(_("The wallet is locked or disconnected from this site. What was read before is still shown."));
  }

  async #switch() {
    const [first] = await this.#contracts();
    if (!first || !this.#connection.address) return;
    await this.#findAndRead(_("Waiting for the wallet to switch to the collection's chain."), (signal) =>
      this.#connection.switchTo(first.contract.chain_id, signal));
  }

  #refresh() {
    const address = this.#connection.address || owned().address || part(this.#page, "address").textContent;
    if (address) this.#read(address);
  }

  #forget() {
    this.#connection.disconnect();
    this.#task.drop();
    forget();
    for (const name of ["account", "tokens"]) part(this.#page, name).hidden = true;
    this.#songs.hide();
    part(this.#page, "look", HTMLFormElement).reset();
    this.#task.end(_("Forgotten. The wallet itself may still list this site; you can remove it there."));
  }

  /**
   * Read an address's tokens, and show them.
   * @param {string} address
   */
  async #read(address) {
    const signal = this.#task.begin(_("Reading what it holds."));
    try {
      const contracts = await this.#contracts();
      const { ledger, byId } = await this.#known();
      /** @type {ReadContract} */
      const readContract = async (contract, ids, known) => readTokens(contract, address, ids, this.#connection.endpoints(contract), signal, known);
      const { reason, ...read } = await findHoldings(contracts, address, ledger, readContract, signal);
      signal.throwIfAborted();
      const wallet = this.#connection.walletOf(address);
      const stems = await this.#unlocked([...read.tokens.keys()].flatMap((id) => byId.get(id) ?? []));
      const holding = { known: true, address, wallet, stems, ...read };
      const isSaved = remember(holding);
      await this.#show(holding, { isSaved, reason });
      if (this.#task.isCurrent(signal)) this.#task.end("");
    } catch (error) {
      if (this.#task.isCurrent(signal)) this.#task.end(signal.aborted ? _("Cancelled.") : reasonOf(error));
    }
  }

  /** @param {Data.Token[]} tokens */
  async #unlocked(tokens) {
    const forge = tokens.some(({ tier }) => tier === "album") ? await this.#songs.facts() : { songs: [], albums: [] };
    return new Set(tokens.flatMap((token) => unlockedStems(token, forge)));
  }

  /** @param {Readonly<ReadHolding>} holding */
  async #show(holding, { isSaved = true, reason = "" } = {}) {
    const page = this.#page;
    const known = await this.#known();
    const collection = await this.#collection();
    const { address, tokens, stems } = holding;
    const total = [...tokens.values()].reduce((sum, count) => sum + count, 0);
    setText(part(page, "address"), address);
    setText(part(page, "count"), formatNumber(total));
    setText(part(page, "opened"), formatNumber(stems.size));
    setText(part(page, "source"), sourceOf(holding));
    const shown = notices(holding, known, contractsOf(collection), { isSaved, reason });
    part(page, "notices").replaceChildren(...shown.map((nodes) => createElement("li", { class: "notice" }, ...nodes)));
    part(page, "account").hidden = false;
    this.#tokens.show(tokens, known.byId, collection);
    await this.#songs.show({ tokens, byId: known.byId, collection });
  }

  async #contracts() {
    return contractsOf(await this.#collection());
  }
}

/** @returns {Promise<Data.Collection>} */
function loadCollection() {
  return loadJson("data/collection.json");
}

/** @returns {Promise<KnownTokens>} */
async function loadKnownTokens() {
  const ledger = await loadLedger(ROOT);
  return { ledger, byId: new Map(ledger.tokens.map((token) => [token.id, token])) };
}

eachPage((life) => {
  const page = document.querySelector("[data-mine]");
  if (page instanceof HTMLElement) new HoldingsPage(page, life);
});
