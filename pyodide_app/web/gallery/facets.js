// The facets of the gallery: checkboxes for their values, with counts.
import { cloneTemplate, find, part, setText } from "../base/dom.js";
import { isAddressOf } from "./holders.js";
import { foldText } from "./search.js";
import { _, formatNumber, plural } from "../language/phrases.js";

/** @import { Facet } from "./token-facets.js" */
/** @typedef {(name: string, slugs: string[]) => void} Choose called when the visitor has chosen values of a facet */

/** @type {Readonly<Record<string, number>>} */
const SHOWN = { owner: 8 }; // values shown without a search
const MOST = 40;
const FEW = 12; // facets with no more values have no search field

export class Facets {
  /** @param {ParentNode} form @param {Facet[]} facets @param {Choose} choose @param {AbortSignal} signal */
  constructor(form, facets, choose, signal) {
    this.#all = facets
      .map((facet) => new FacetBox(find(form, `[data-facet="${facet.name}"]`, HTMLDetailsElement), facet, choose, signal))
      .filter((box) => box.show());
  }

  #all;

  /**
   * Show the chosen values, and how many tokens each value has.
   * @param {Record<string, string[]>} chosen @param {Record<string, Uint32Array>} counts
   */
  update(chosen, counts) {
    for (const box of this.#all) box.update(chosen[box.name], counts[box.name]);
  }
}

class FacetBox {
  /** @param {HTMLDetailsElement} element @param {Facet} facet @param {Choose} choose @param {AbortSignal} signal */
  constructor(element, facet, choose, signal) {
    this.name = facet.name;
    this.#element = element;
    this.#facet = facet;
    this.#most = SHOWN[facet.name] ?? MOST;
    this.#list = part(element, "values");
    this.#find = find(element, "[type=search]", HTMLInputElement);
    find(element, ":has(> [type=search])").hidden = facet.values.length <= FEW;
    this.#texts = facet.values.map(({ label, more = "" }) => foldText(`${label} ${more}`));
    element.addEventListener("toggle", () => this.#draw(), { signal });
    this.#list.addEventListener("change", ({ target }) => {
      if (target instanceof HTMLInputElement) choose(this.name, this.#with(target.value, target.checked));
    }, { signal });
    this.#find.addEventListener("input", (event) => {
      event.stopPropagation();
      this.#draw();
    }, { signal });
    this.#find.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      const first = this.#shownValues().find((nth) => this.#matches(nth));
      if (!this.#find.value.trim() || first === undefined) return;
      this.#find.value = "";
      choose(this.name, this.#with(facet.values[first].slug, true));
    }, { signal });
  }

  #element;
  #facet;
  #most;
  #list;
  #find;
  #texts;
  /** @type {Map<number, HTMLElement>} */
  #items = new Map(); // by the value's index
  /** @type {number[]} */
  #shown = [];
  /** @type {string[]} */
  #chosen = [];
  /** @type {Uint32Array} */
  #counts = new Uint32Array();

  /** Show this facet if it has more than one value; returns whether it does. */
  show() {
    const isUseful = this.#facet.values.length > 1;
    this.#element.hidden = !isUseful;
    return isUseful;
  }

  /** @param {string[]} chosen @param {Uint32Array} counts */
  update(chosen, counts) {
    [this.#chosen, this.#counts] = [chosen, counts];
    setText(part(this.#element, "chosen"), chosen.length ? String(chosen.length) : "");
    this.#draw();
  }

  /** @param {string} slug @param {boolean} isWanted */
  #with(slug, isWanted) {
    const others = this.#chosen.filter((chosen) => chosen !== slug);
    return isWanted ? [...others, slug] : others;
  }

  #draw() {
    if (!this.#element.open || this.#counts.length === 0) return;
    // While the focus is in the list, the values stay where they are.
    if (!this.#list.contains(document.activeElement)) this.#shown = this.#shownValues();
    const items = this.#shown.map((nth) => this.#item(nth));
    if (items.some((item, nth) => this.#list.children[nth] !== item) || items.length !== this.#list.children.length) {
      this.#list.replaceChildren(...items);
    }
    this.#explain();
  }

  /** The values to show: chosen ones first, then those that match the search; ones without tokens last. */
  #shownValues() {
    const { values } = this.#facet;
    /** @param {number} nth */
    const isChosen = (nth) => this.#chosen.includes(values[nth].slug);
    /** @param {number} nth */
    const rank = (nth) => (isChosen(nth) ? 0 : 2) + (this.#counts[nth] === 0 ? 1 : 0);
    const shown = [...values.keys()].filter((nth) => isChosen(nth) || this.#matches(nth));
    if (shown.length <= FEW) return shown;
    shown.sort((one, other) => rank(one) - rank(other) || one - other);
    return shown.slice(0, Math.max(this.#most, this.#chosen.length));
  }

  /** @param {number} nth */
  #matches(nth) {
    const typed = foldText(this.#find.value).trim();
    if (this.name === "owner" && typed.startsWith("0x")) return isAddressOf(this.#facet.values[nth], typed);
    return typed.split(/\s+/).every((word) => this.#texts[nth].includes(word));
  }

  /** @param {number} nth */
  #item(nth) {
    const item = this.#items.get(nth) ?? this.#makeItem(nth);
    find(item, "input", HTMLInputElement).checked = this.#chosen.includes(this.#facet.values[nth].slug);
    item.classList.toggle("none", this.#counts[nth] === 0);
    setText(part(item, "count"), formatNumber(this.#counts[nth]));
    return item;
  }

  /** @param {number} nth */
  #makeItem(nth) {
    const { slug, label, more = "" } = this.#facet.values[nth];
    const item = cloneTemplate("value");
    find(item, "input", HTMLInputElement).value = slug;
    part(item, "label").textContent = label;
    part(item, "of").textContent = more;
    this.#items.set(nth, item);
    return item;
  }

  #explain() {
    const hidden = this.#facet.values.length - this.#shown.length;
    const typed = this.#find.value.trim();
    const isNothing = typed && this.#shown.every((nth) => !this.#matches(nth));
    if (isNothing) setText(part(this.#element, "note"), _("No matches"));
    else setText(part(this.#element, "note"), hidden && !typed ? plural(hidden, "%(num)s more. Search above to find it.", "%(num)s more. Search above to find them.") : "");
  }
}
