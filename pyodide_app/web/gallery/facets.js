// The facets: under each its values with their counts, and boxes to choose them with.
import { clone, part, say } from "../base/dom.js";
import { isAddressOf } from "./token-index.js";
import { fold } from "./search.js";
import { _, number, plural } from "../language/phrases.js";

const SHOWN = { owner: 8 }; // how many values are shown before somebody looks for others
const MOST = 40;
const FEW = 12; // up to so many, nobody needs to look for one

export class Facets {
  /** `choose(name, slugs)` is called when somebody has chosen. */
  constructor(place, facets, choose) {
    this.#all = facets
      .map((facet) => new FacetBox(place.querySelector(`[data-facet="${facet.name}"]`), facet, choose))
      .filter((box) => box.show());
  }

  #all;

  /** Show what is chosen, and how many tokens each value has. */
  update(chosen, counts) {
    for (const box of this.#all) box.update(chosen[box.name], counts[box.name]);
  }
}

class FacetBox {
  constructor(place, facet, choose) {
    this.name = facet.name;
    this.#place = place;
    this.#facet = facet;
    this.#most = SHOWN[facet.name] ?? MOST;
    this.#list = part(place, "values");
    this.#find = place.querySelector("[type=search]");
    this.#find.parentElement.hidden = facet.values.length <= FEW;
    this.#texts = facet.values.map(({ label, more = "" }) => fold(`${label} ${more}`));
    place.addEventListener("toggle", () => this.#draw());
    this.#list.addEventListener("change", ({ target }) => choose(this.name, this.#with(target.value, target.checked)));
    this.#find.addEventListener("input", (event) => {
      event.stopPropagation();
      this.#draw();
    });
    this.#find.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      const first = this.#wanted().find((at) => this.#matches(at));
      if (!this.#find.value.trim() || first === undefined) return;
      this.#find.value = "";
      choose(this.name, this.#with(facet.values[first].slug, true));
    });
  }

  #place;
  #facet;
  #most;
  #list;
  #find;
  #texts;
  #items = new Map(); // number of a value -> its element
  #order = [];
  #chosen = [];
  #counts = [];

  /** Show this facet if there is anything to choose; say whether there is. */
  show() {
    const isUseful = this.#facet.values.length > 1;
    this.#place.hidden = !isUseful;
    return isUseful;
  }

  update(chosen, counts) {
    [this.#chosen, this.#counts] = [chosen, counts];
    say(part(this.#place, "chosen"), chosen.length ? String(chosen.length) : "");
    this.#draw();
  }

  #with(slug, isWanted) {
    const others = this.#chosen.filter((each) => each !== slug);
    return isWanted ? [...others, slug] : others;
  }

  #draw() {
    if (!this.#place.open || this.#counts.length === 0) return;
    // While somebody is among the values, none is taken away from under them.
    if (!this.#list.contains(document.activeElement)) this.#order = this.#wanted();
    const items = this.#order.map((at) => this.#item(at));
    if (items.some((item, at) => this.#list.children[at] !== item) || items.length !== this.#list.children.length) {
      this.#list.replaceChildren(...items);
    }
    this.#explain();
  }

  /** The values to show: those chosen, then those that are looked for, those without tokens last. */
  #wanted() {
    const { values } = this.#facet;
    const isChosen = (at) => this.#chosen.includes(values[at].slug);
    const found = [...values.keys()].filter((at) => isChosen(at) || this.#matches(at));
    if (found.length <= FEW) return found;
    found.sort((one, other) => isChosen(other) - isChosen(one) || (this.#counts[one] === 0) - (this.#counts[other] === 0) || one - other);
    return found.slice(0, Math.max(this.#most, this.#chosen.length));
  }

  #matches(at) {
    const typed = fold(this.#find.value).trim();
    if (this.name === "owner" && typed.startsWith("0x")) return isAddressOf(this.#facet.values[at], typed);
    return typed.split(/\s+/).every((word) => this.#texts[at].includes(word));
  }

  #item(at) {
    const { slug, label, more = "" } = this.#facet.values[at];
    if (!this.#items.has(at)) {
      const made = clone("value");
      const box = made.querySelector("input");
      box.value = slug;
      part(made, "label").textContent = label;
      part(made, "of").textContent = more;
      this.#items.set(at, made);
    }
    const item = this.#items.get(at);
    item.querySelector("input").checked = this.#chosen.includes(slug);
    item.classList.toggle("none", this.#counts[at] === 0);
    say(part(item, "count"), number(this.#counts[at]));
    return item;
  }

  #explain() {
    const hidden = this.#facet.values.length - this.#order.length;
    const typed = this.#find.value.trim();
    const isNothing = typed && this.#order.every((at) => !this.#matches(at));
    if (isNothing) say(part(this.#place, "note"), _("No matches"));
    else say(part(this.#place, "note"), hidden && !typed ? plural(hidden, "%(num)s more. Search above to find it.", "%(num)s more. Search above to find them.") : "");
  }
}
