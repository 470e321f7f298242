// Cards and rows of the gallery's tokens.
import { cloneTemplate, find, findAll, part } from "../base/dom.js";
import { ROOT } from "../base/root.js";
import { STATES } from "./kinds.js";
import { stateWords, tierOf, titleOf } from "./token-index.js";

/** @import { Covers } from "./covers.js" */
/** @import { PlayButtons } from "./play-buttons.js" */
/** @import { Index } from "./token-index.js" */

export class TokenItems {
  #index;
  #covers;
  #keys;
  #words;

  /**
   * @param {Index} index @param {Covers} covers @param {PlayButtons} keys play tokens
   * @param {Record<string, (token: number) => string>} words further columns of a row
   */
  constructor(index, covers, keys, words) {
    this.#index = index;
    this.#covers = covers;
    this.#keys = keys;
    this.#words = words;
  }

  /** @param {number} token @param {boolean} isSmall its title is only shown on demand */
  card(token, isSmall) {
    const card = cloneTemplate("token");
    const state = this.#describe(card, token);
    card.classList.add(state);
    if (isSmall) find(card, "a").title = titleOf(this.#index, token);
    return card;
  }

  /** @param {number} token */
  row(token) {
    const row = cloneTemplate("row");
    this.#describe(row, token);
    for (const [name, describe] of Object.entries(this.#words)) part(row, name).textContent = describe(token);
    return row;
  }

  /** @param {HTMLElement} item @param {number} token */
  #describe(item, token) {
    const { kinds, kindOf, stateOf, ids } = this.#index;
    const kind = kinds[kindOf[token]];
    const state = STATES[stateOf[token]];
    find(item, "a", HTMLAnchorElement).href = new URL(`tokens/${ids[token]}/`, ROOT).href;
    this.#covers.show(find(item, "img", HTMLImageElement), new URL(kind.cover, ROOT).href);
    part(item, "name").textContent = titleOf(this.#index, token);
    for (const element of findAll(item, "[data-tier]")) element.textContent = tierOf(this.#index, token);
    for (const element of findAll(item, "[data-state]")) {
      element.textContent = stateWords(this.#index, token);
      element.classList.add(state);
    }
    this.#keys.addTo(item, token);
    return state;
  }
}
