// The values that the tokens shown were narrowed to, each with a button that removes it.
import { createElement, find } from "../base/dom.js";
import { _ } from "../language/phrases.js";

/** @import { Facet, FacetValue } from "./token-facets.js" */

/** @type {Readonly<Record<string, string>>} */
const NAMES = {
  tier: _("Tier"),
  state: _("State"),
  album: _("Album"),
  song: _("Song"),
  layer: _("Layer"),
  stem: _("Stem"),
  rarity: _("Rarity"),
  owner: _("Owner"),
};

export class Chips {
  #list;
  #choose;
  #life;

  /**
   * @param {HTMLElement} list @param {(facet: string, slugs: string[]) => void} choose called with what is left of a facet's
   * values @param {AbortSignal} life
   */
  constructor(list, choose, life) {
    this.#list = list;
    this.#choose = choose;
    this.#life = life;
  }

  /**
   * Show the chosen values; returns how many they are. The focus stays among them, or goes to `otherwise`.
   * @param {Facet[]} facets @param {Record<string, string[]>} chosen slugs by facet @param {HTMLElement} otherwise
   */
  show(facets, chosen, otherwise) {
    const focused = [...this.#list.children].findIndex((item) => item.contains(document.activeElement));
    const chips = facets.flatMap(({ name, values }) =>
      chosen[name].flatMap((slug) => {
        const value = values.find((each) => each.slug === slug);
        return value ? [this.#chip(name, value, chosen[name])] : [];
      }));
    this.#list.replaceChildren(...chips);
    if (focused < 0) return chips.length;
    const next = chips[Math.min(focused, chips.length - 1)];
    (next ? find(next, "button") : otherwise).focus();
    return chips.length;
  }

  /** @param {string} name of the facet @param {FacetValue} value @param {string[]} chosen all slugs of the facet */
  #chip(name, { slug, label, more }, chosen) {
    const words = {
      "aria-label": _("Remove %(facet)s: %(value)s", { facet: NAMES[name], value: label }),
      title: [NAMES[name], more].filter(Boolean).join(": "),
    };
    const button = createElement("button", { type: "button", class: "chip", ...words }, label);
    button.addEventListener("click", () => this.#choose(name, chosen.filter((other) => other !== slug)), { signal: this.#life });
    return createElement("li", {}, button);
  }
}
