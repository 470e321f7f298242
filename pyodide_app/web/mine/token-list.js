// The visitor's tokens as cards, with search, order and paging.
import { createLink, externalAddress, find, siteAddress, part, setText } from "../base/dom.js";
import { isGone, stateName, tierName, tokenTitle } from "../language/names.js";
import { _, plural } from "../language/phrases.js";
import { revealAddress } from "./drop-links.js";
import { compareIds, contractOf, numberOf } from "../tokens/token-ids.js";

const STEP = 60;

/**
 * @typedef {object} Held a token of the visitor
 * @property {string} id
 * @property {number} count
 * @property {string} title
 * @property {Data.Tier | ""} tier
 * @property {string} state from the ledger, or "unknown"
 * @property {string} address
 * @property {string} image
 * @property {number} rarity
 * @property {boolean} duplicate
 * @property {string} reveal where it can be revealed, or ""
 * @property {string} text for the search
 */

export class TokenList {
  #section;
  #form;
  /** @type {Held[]} */
  #all = [];
  /** @type {Held[]} */
  #matches = [];

  /** @param {HTMLElement} section @param {AbortSignal} signal */
  constructor(section, signal) {
    this.#section = section;
    this.#form = part(section, "filter-mine", HTMLFormElement);
    this.#form.addEventListener("input", () => this.#search(), { signal });
    this.#form.addEventListener("submit", (event) => event.preventDefault(), { signal });
    part(section, "more").addEventListener("click", () => {
      const first = this.#append();
      if (first) find(first, "a, .name").focus();
    }, { signal });
  }

  /**
   * @param {ReadonlyMap<string, number>} tokens how many are held of each, by id
   * @param {Map<string, Data.Token>} byId @param {Data.Collection} collection
   */
  show(tokens, byId, collection) {
    const rarity = rarities(byId);
    /** @type {Map<string, number>} */
    const copies = new Map();
    for (const [id, count] of tokens) {
      const key = kindOf(byId.get(id) ?? { id });
      copies.set(key, (copies.get(key) ?? 0) + count);
    }
    this.#all = [...tokens].map(([id, count]) => {
      const token = byId.get(id);
      const title = token ? tokenTitle(token) : `#${numberOf(id)}`;
      const contract = contractOf(collection, id);
      return {
        id, count, title,
        tier: token?.tier ?? "",
        state: token ? (isGone(token) ? "revealed" : token.state) : "unknown",
        address: token ? siteAddress(token.address) : (contract ? externalAddress(contract.explorer, contract, numberOf(id)) : ""),
        image: token ? siteAddress(token.image) : "",
        reveal: token?.state === "unrevealed" ? revealAddress(collection.drop, id) : "",
        rarity: rarity.get(kindOf(token ?? { id })) ?? 0,
        duplicate: Boolean(token && token.state !== "unrevealed" && (copies.get(kindOf(token)) ?? 0) > 1),
        text: [title, numberOf(id), token?.song, token?.layer, token?.stem, token?.album, tierName(token?.tier ?? "")].join(" ").toLowerCase(),
      };
    });
    this.#section.hidden = !this.#all.length;
    this.#search();
  }

  #search() {
    const data = new FormData(this.#form);
    const [words, tier, which, sort] = ["words", "tier", "which", "sort"].map((name) => String(data.get(name) ?? ""));
    const terms = words.trim().toLowerCase().split(/\s+/);
    this.#matches = this.#all.filter(
      (token) =>
        (!tier || token.tier === tier) &&
        (!which || (which === "duplicates" ? token.duplicate : token.state === which)) &&
        terms.every((word) => token.text.includes(word)),
    );
    this.#matches.sort(ORDERS[sort] ?? ORDERS.number);
    part(this.#section, "cards").replaceChildren();
    this.#append();
    setText(part(this.#section, "shown"), plural(this.#matches.length, "%(num)s token", "%(num)s tokens"));
  }

  #append() {
    const list = part(this.#section, "cards");
    const from = list.children.length;
    const cards = this.#matches.slice(from, from + STEP).map(makeCard);
    list.append(...cards);
    part(this.#section, "more").hidden = list.children.length >= this.#matches.length;
    return cards[0];
  }
}

/** @typedef {(one: Held, other: Held) => number} Order */

/** @type {Order} */
const byNumber = (a, b) => compareIds(a.id, b.id);
/** @type {Readonly<Record<string, Order>>} */
const ORDERS = {
  number: byNumber,
  name: (a, b) => a.title.localeCompare(b.title) || byNumber(a, b),
  rarity: (a, b) => b.rarity - a.rarity || byNumber(a, b),
};

/** @param {Held} token */
function makeCard(token) {
  const template = find(document, "template[data-card]", HTMLTemplateElement);
  const card = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  card.classList.add(token.state);
  const anchor = find(card, "a", HTMLAnchorElement);
  if (token.address) anchor.href = token.address;
  else anchor.removeAttribute("href");
  anchor.rel = "noopener noreferrer";
  if (token.image) find(card, "img", HTMLImageElement).src = token.image;
  find(card, ".name").textContent = token.title;
  part(card, "tier").textContent = [tierName(token.tier), token.count > 1 ? `×${token.count}` : ""].join(" ").trim();
  const state = find(card, ".state");
  state.textContent = token.state === "unknown" ? _("new to this site") : stateName(token.state);
  state.classList.add(token.state);
  if (token.reveal) find(card, ".meta").append(" ", createLink(_("Reveal #%(id)s", { id: numberOf(token.id) }), token.reveal));
  return card;
}

/**
 * A key that tokens of the same kind share; every unrevealed token has its own.
 * @param {Partial<Data.Token> & { id: string }} token
 */
function kindOf({ id, tier, state, song = "", layer = "", stem = "", album = "", mix = "" }) {
  return tier && state !== "unrevealed" ? [tier, song, layer, stem, album, mix].join("/") : id;
}

/**
 * The rarity of every kind in bits, from its count in the ledger.
 * @param {Map<string, Data.Token>} byId
 */
function rarities(byId) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const token of byId.values()) {
    if (token.state !== "unrevealed") counts.set(kindOf(token), (counts.get(kindOf(token)) ?? 0) + (token.supply ?? 1));
  }
  return new Map([...counts].map(([key, count]) => [key, Math.log2(byId.size / count)]));
}
