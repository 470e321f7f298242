// /mine/: whose tokens, read from where, and what they are. What they make is songs.js's.
import { checkAddress, readTokens, resolveName } from "../tokens/chain.js";
import { clone, inSite, link, load, part, say } from "../base/dom.js";
import { ROOT } from "../base/root.js";
import { LANGUAGE } from "../language/language.js";
import { loadLedger } from "../tokens/ledger.js";
import { _, number, plural } from "../language/phrases.js";
import { Planner } from "./planner.js";
import { Songs } from "./songs.js";
import { TokenList } from "./token-list.js";
import { forget, opens, owned, remember } from "../tokens/ownership.js";
import { httpEndpoint, walletEndpoint } from "../tokens/rpc.js";
import { eachPage } from "../pages/page-life.js";
import { connect, resume, Wallets } from "../tokens/wallet.js";

class Mine {
  #page;
  #facts = null; // a promise of the collection's JSON
  #ledger = null; // a promise of the ledger and its tokens by id
  #session = null; // the wallet's, while one is connected
  #turn = new AbortController(); // ends what is being asked or read
  #songs;
  #tokens;

  /** `life` is aborted when the page is left. */
  constructor(page, life) {
    this.#page = page;
    const planner = page.dataset.off ? null : new Planner();
    this.#songs = new Songs(part(page, "songs"), planner, page.dataset.off);
    this.#tokens = new TokenList(part(page, "tokens"));
    const on = (name, act) => part(page, name).addEventListener("click", () => act());
    on("again", () => this.#again());
    on("switch", () => this.#switch());
    on("forget", () => this.#forget());
    on("cancel", () => this.#turn.abort(new Error(_("Cancelled."))));
    part(page, "look").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#look(event.target.elements.address.value.trim());
    });
    page.hidden = false;
    const known = owned();
    if (known.known) this.#show(known).catch((error) => this.#say(error.message));
    this.#listWallets(known, life);
    life.addEventListener("abort", () => {
      this.#turn.abort();
      this.#session?.close();
      planner?.close();
      this.#songs.close();
    });
  }

  #listWallets(known, life) {
    const wallets = new Wallets(life);
    const show = () => {
      part(this.#page, "no-wallet").hidden = wallets.list.length > 0;
      part(this.#page, "wallets").replaceChildren(...wallets.list.map((wallet) => this.#walletItem(wallet)));
      this.#resume(wallets, known);
    };
    wallets.addEventListener("change", show);
    show();
  }

  #walletItem(wallet) {
    const item = clone("wallet");
    item.querySelector("span").textContent = wallet.name;
    if (wallet.icon) item.querySelector("button").prepend(Object.assign(new Image(28, 28), { src: wallet.icon, alt: "" }));
    item.querySelector("button").addEventListener("click", () => this.#connect(wallet));
    return item;
  }

  /** The wallet that was connected before: listen to it again, without asking it for anything. */
  async #resume(wallets, known) {
    const wallet = wallets.list.find(({ id }) => id && id === known.wallet);
    if (this.#session || !wallet) return;
    const session = await resume(wallet).catch(() => null);
    if (this.#session || !session) return;
    this.#adopt(session);
    if (!isSame(session.address, known.address)) this.#read(session.address);
  }

  async #connect(wallet) {
    await this.#try(_("Waiting for %(wallet)s. Look for its window if nothing has opened.", { wallet: wallet.name }), async (signal) => {
      this.#adopt(await connect(wallet, signal));
      return checkAddress(this.#session.address);
    });
  }

  async #look(words) {
    if (!words) return;
    await this.#try(_("Looking it up…"), async (signal) => {
      const { contract } = await this.#collection();
      if (/^0x/i.test(words)) return checkAddress(words);
      if (!/\.[^.]+$/.test(words)) throw new Error(_("This is neither an address nor a name."));
      if (!contract) throw new Error(_("Names can only be looked up for collections with a contract."));
      return resolveName(words, contract, this.#endpoints(contract), signal);
    }, () => this.#leave());
  }

  /** Have an address, in a turn of its own, and read what it holds. */
  async #try(waiting, find, before = () => {}) {
    const signal = this.#begin(waiting);
    try {
      const address = await find(signal);
      if (signal.aborted) return;
      before();
      await this.#read(address);
    } catch (error) {
      if (this.#turn.signal === signal) this.#end(error.message);
    }
  }

  #adopt(session) {
    this.#leave();
    this.#session = session;
    session.addEventListener("accounts", () => this.#heedAccount(session));
    for (const type of ["chain", "gone"]) session.addEventListener(type, () => this.#offerSwitch());
    this.#offerSwitch();
  }

  #leave() {
    this.#session?.close();
    this.#session = null;
    this.#offerSwitch();
  }

  #heedAccount(session) {
    if (this.#session !== session) return;
    if (session.address) {
      this.#read(session.address);
      return;
    }
    this.#leave();
    this.#turn.abort();
    this.#end(_("The wallet is locked or disconnected from this site. What was read before is still shown."));
  }

  async #switch() {
    const { contract } = await this.#collection();
    const signal = this.#begin(_("Waiting for the wallet to switch to the collection's chain."));
    try {
      await this.#session.switchTo(contract.chain_id, signal);
      this.#offerSwitch();
      await this.#read(this.#session.address);
    } catch (error) {
      if (this.#turn.signal === signal) this.#end(error.message);
    }
  }

  /** A wallet on another chain is no obstacle: the site's endpoints are read instead. */
  async #offerSwitch() {
    const { contract } = await this.#collection();
    part(this.#page, "switch").hidden = !contract || !this.#session || this.#session.chain === contract.chain_id;
  }

  #again() {
    const address = this.#session?.address || owned().address || part(this.#page, "address").textContent;
    if (address) this.#read(address);
  }

  #forget() {
    this.#leave();
    this.#turn.abort();
    forget();
    for (const name of ["account", "songs", "tokens"]) part(this.#page, name).hidden = true;
    part(this.#page, "look").reset();
    this.#end(_("Forgotten. The wallet itself may still list this site; you can remove it there."));
  }

  /** Read what an address holds: from the chain, or else from the site's own list. */
  async #read(address) {
    const signal = this.#begin(_("Reading what it holds…"));
    try {
      const { contract } = await this.#collection();
      const { ledger, byId } = await this.#tokensKnown();
      const found = await this.#readChain(contract, address, [...byId.keys()], signal).catch((error) => {
        signal.throwIfAborted();
        return { ...this.#snapshot(ledger, address), reason: error.message };
      });
      signal.throwIfAborted();
      const wallet = isSame(this.#session?.address, address) ? this.#session.wallet.id : "";
      const stems = new Set([...found.tokens.keys()].flatMap((id) => opens(byId.get(id) ?? {})));
      const holding = { known: true, address, wallet, stems, ...found };
      const kept = remember(holding);
      await this.#show(holding, { kept, reason: found.reason });
      if (this.#turn.signal === signal) this.#end("");
    } catch (error) {
      if (this.#turn.signal === signal) this.#end(signal.aborted ? _("Cancelled.") : error.message);
    }
  }

  async #readChain(contract, address, ids, signal) {
    if (!contract) throw new Error(_("the collection has no contract yet"));
    const endpoints = this.#endpoints(contract);
    if (!endpoints.length) throw new Error(_("no endpoint is set"));
    const found = await readTokens(contract, address, ids, endpoints, signal);
    return { source: "chain", ...found };
  }

  #endpoints(contract) {
    const session = this.#session;
    const own = session && session.chain === contract.chain_id ? [walletEndpoint(session.wallet.provider, session.wallet.name)] : [];
    return [...own, ...contract.rpc.map(httpEndpoint)];
  }

  #snapshot({ tokens, block, time }, address) {
    if (!tokens.some(({ owners }) => owners)) throw new Error(_("The chain couldn't be read, and this site was pressed without a list of holders."));
    const held = tokens.map((token) => [token.id, heldBy(token, address)]).filter(([, count]) => count);
    return { source: "snapshot", tokens: new Map(held), complete: true, block, time };
  }

  async #show(holding, { kept = true, reason = "" } = {}) {
    const page = this.#page;
    const { ledger, byId } = await this.#tokensKnown();
    const { contract } = await this.#collection();
    const { address, tokens, stems } = holding;
    const total = [...tokens.values()].reduce((sum, count) => sum + count, 0);
    say(part(page, "address"), address);
    say(part(page, "count"), number(total));
    say(part(page, "opened"), number(stems.size));
    say(part(page, "source"), sourceOf(holding));
    const notices = [...disagreements(holding, ledger, byId), ...failures(holding, kept, reason)];
    part(page, "notices").replaceChildren(...notices.map((nodes) => {
      const item = document.createElement("li");
      item.className = "notice";
      item.append(...nodes);
      return item;
    }));
    part(page, "account").hidden = false;
    this.#tokens.show(tokens, byId, contract);
    await this.#songs.show(tokens, byId, contract);
  }

  #collection() {
    this.#facts ??= once(load("data/collection.json"), () => { this.#facts = null; });
    return this.#facts;
  }

  #tokensKnown() {
    const read = async () => {
      const ledger = await loadLedger(ROOT);
      return { ledger, byId: new Map(ledger.tokens.map((token) => [token.id, token])) };
    };
    this.#ledger ??= once(read(), () => { this.#ledger = null; });
    return this.#ledger;
  }

  #begin(words) {
    this.#turn.abort();
    this.#turn = new AbortController();
    this.#page.setAttribute("aria-busy", "true");
    part(this.#page, "cancel").hidden = false;
    this.#say(words);
    return this.#turn.signal;
  }

  #end(words) {
    this.#page.removeAttribute("aria-busy");
    part(this.#page, "cancel").hidden = true;
    this.#say(words);
  }

  #say(words) {
    say(part(this.#page, "status"), words);
  }
}

function once(promise, forgetIt) {
  promise.catch(forgetIt);
  return promise;
}

function isSame(one, other) {
  return one?.toLowerCase() === other.toLowerCase();
}

/** How many of a token the site's own list gives to an address. */
function heldBy({ owners = {} }, address) {
  const mine = Object.entries(owners).find(([owner]) => isSame(owner, address));
  return mine ? mine[1] : 0;
}

function sourceOf({ source, block, time, endpoint }) {
  const chain = endpoint ? _("the chain (%(endpoint)s)", { endpoint }) : _("the chain");
  const from = source === "chain" ? chain : _("this site's own list");
  const where = block === null || block === undefined ? from : _("%(from)s at block %(block)s", { from, block: number(block) });
  if (!time) return where;
  return _("%(from)s, %(time)s", { from: where, time: new Date(time).toLocaleString(LANGUAGE, { dateStyle: "medium", timeStyle: "short" }) });
}

/** Where chain and site disagree the chain is right. */
function disagreements({ source, block, tokens, address }, ledger, byId) {
  if (source !== "chain") return [];
  const strange = [...tokens.keys()].filter((id) => !byId.has(id));
  const alive = [...tokens.keys()].filter((id) => byId.get(id)?.state === "forged");
  const listed = ledger.tokens.some(({ owners }) => owners);
  const moved = ledger.tokens.filter((token) => heldBy(token, address) !== (tokens.get(token.id) ?? 0));
  const differs = listed ? moved.length + strange.length : strange.length + alive.length;
  if (!differs) return [];
  const sentences = [
    plural(
      differs,
      "This site is behind the chain: they disagree about %(num)s token of this address. What you see here is what the chain says.",
      "This site is behind the chain: they disagree about %(num)s tokens of this address. What you see here is what the chain says.",
    ),
  ];
  if (ledger.block) sentences.push(_("The site knows the chain up to block %(known)s; it is now at %(now)s.", { known: number(ledger.block), now: number(block) }));
  if (strange.length) sentences.push(plural(strange.length, "%(num)s token is new to this site.", "%(num)s tokens are new to this site."));
  return [[sentences.join(" ")]];
}

function failures({ source, complete, tokens }, kept, reason) {
  const found = [];
  if (!complete) found.push([_("Incomplete: the address holds tokens that this site doesn't know yet, so they can't be listed.")]);
  if (source === "snapshot" && reason) found.push([_("The chain couldn't be read (%(reason)s). This is the site's own list, which may be out of date.", { reason })]);
  if (!kept) found.push([_("This browser saves nothing, so the mixers don't know what you hold.")]);
  if (!tokens.size) found.push([_("This address holds nothing from this collection."), " ", link(_("See the gallery"), inSite("gallery/")), "."]);
  return found;
}

eachPage((life) => {
  const page = document.querySelector("[data-mine]");
  if (page) new Mine(page, life);
});
