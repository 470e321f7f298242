// The tokens that were found, in one of three views. They lie in leaves of some rows each; a leaf far from
// the screen is empty and as high as it would be, so that any number of tokens can be scrolled through.
import { part, clone } from "../base/dom.js";
import { ROOT } from "../base/root.js";
import { Covers } from "./covers.js";
import { STATES, stateWords, tierOf, titleOf } from "./token-index.js";

const LEAF = { sheet: 72, cards: 24, list: 16 }; // tokens, about: whole rows
const NEAR = "50% 0px"; // of the screen's height, above and below it

export class Results {
  /** `place` holds the grid and the table; `keys` play tokens; `words` says what else a row tells of one. */
  constructor(place, index, keys, words) {
    this.#index = index;
    this.#keys = keys;
    this.#words = words;
    this.#grid = part(place, "grid");
    this.#table = part(place, "table");
    this.#seen = new IntersectionObserver((entries) => this.#turn(entries), { rootMargin: NEAR });
    place.addEventListener("keydown", (event) => this.#steer(event));
    place.addEventListener("focusin", ({ target }) => this.#hold(target));
    new ResizeObserver(() => this.#fit()).observe(place);
  }

  #covers = new Covers();
  #index;
  #keys;
  #words;
  #grid;
  #table;
  #seen;
  #places = [];
  #view = "";
  #leaves = [];
  #made = new Map(); // place -> its element, as long as it is shown in the same view
  #rows = new Map(); // view -> the height of a row, at this width
  #across = new Map(); // view -> how many columns, at this width
  #columns = 1;
  #size = 1; // tokens in a leaf
  #width = 0;
  #current = 0; // of the places: the one that Tab leads to

  show(places, view) {
    if (view !== this.#view) this.#made.clear();
    [this.#places, this.#view, this.#current] = [places, view, 0];
    this.#grid.hidden = view === "list";
    this.#table.hidden = view !== "list";
    this.#grid.dataset.view = view;
    this.#covers.rest();
    this.#lay();
  }

  /** Move the keyboard to the first token. */
  focus() {
    this.#go(0);
  }

  #lay() {
    this.#seen.disconnect();
    const kept = this.#made;
    const body = this.#view === "list" ? this.#table : this.#grid;
    for (const leaf of this.#leaves) leaf.remove();
    [this.#made, this.#leaves] = [new Map(), []];
    if (this.#places.length === 0) return;
    this.#measure(body);
    this.#leaves = Array.from({ length: Math.ceil(this.#places.length / this.#size) }, () => this.#leaf());
    this.#fill(this.#leaves[0], 0, kept);
    body.append(...this.#leaves);
    this.#table.setAttribute("aria-rowcount", this.#places.length + 1);
    for (const leaf of this.#leaves.slice(1)) this.#empty(leaf);
    for (const leaf of this.#leaves) this.#seen.observe(leaf);
  }

  #leaf() {
    const leaf = document.createElement(this.#view === "list" ? "tbody" : "div");
    if (this.#view !== "list") leaf.role = "none";
    leaf.className = "leaf";
    return leaf;
  }

  /** How many columns there are, and so how many tokens make a leaf of whole rows. */
  #measure(body) {
    if (!this.#across.has(this.#view)) {
      this.#across.set(this.#view, this.#view === "list" ? 1 : this.#columnsIn(body));
      this.#width = body.clientWidth;
    }
    this.#columns = this.#across.get(this.#view);
    this.#size = Math.max(1, Math.round(LEAF[this.#view] / this.#columns)) * this.#columns;
  }

  #columnsIn(body) {
    const probe = this.#leaf();
    body.append(probe);
    const columns = getComputedStyle(probe).gridTemplateColumns.split(" ").length;
    probe.remove();
    return columns;
  }

  #rowHeight() {
    if (!this.#rows.has(this.#view)) {
      const rows = Math.ceil(Math.min(this.#size, this.#places.length) / this.#columns);
      this.#rows.set(this.#view, this.#leaves[0].getBoundingClientRect().height / rows);
    }
    return this.#rows.get(this.#view);
  }

  #turn(entries) {
    for (const { target, isIntersecting } of entries) {
      const at = this.#leaves.indexOf(target);
      if (at < 0) continue;
      if (isIntersecting) this.#fill(target, at);
      else if (!target.contains(document.activeElement)) this.#empty(target);
    }
  }

  #fill(leaf, at, kept) {
    if (leaf.dataset.full) return;
    const first = at * this.#size;
    const nodes = Array.from(this.#places.slice(first, first + this.#size), (place, nth) => this.#item(place, first + nth, kept));
    leaf.replaceChildren(...nodes);
    leaf.style.blockSize = "";
    leaf.dataset.full = "yes";
  }

  #empty(leaf) {
    const at = this.#leaves.indexOf(leaf);
    const tokens = Math.min(this.#size, this.#places.length - at * this.#size);
    for (let nth = 0; nth < tokens; nth++) this.#made.delete(this.#places[at * this.#size + nth]);
    leaf.replaceChildren(...(this.#view === "list" ? [document.createElement("tr")] : []));
    (leaf.firstElementChild ?? leaf).style.blockSize = `${this.#rowHeight() * Math.ceil(tokens / this.#columns)}px`;
    delete leaf.dataset.full;
  }

  #item(place, nth, kept) {
    const item = kept?.get(place) ?? (this.#view === "list" ? this.#row(place) : this.#card(place));
    this.#made.set(place, item);
    item.dataset.nth = nth;
    const [size, at] = this.#view === "list" ? ["", "aria-rowindex"] : ["aria-setsize", "aria-posinset"];
    if (size) item.setAttribute(size, this.#places.length);
    item.setAttribute(at, nth + (this.#view === "list" ? 2 : 1));
    beReached(item, nth === this.#current);
    return item;
  }

  #card(place) {
    const card = clone("token");
    const state = this.#describe(card, place);
    card.classList.add(state);
    if (this.#view === "sheet") card.querySelector("a").title = titleOf(this.#index, place);
    return card;
  }

  #row(place) {
    const row = clone("row");
    this.#describe(row, place);
    for (const [name, say] of Object.entries(this.#words)) part(row, name).textContent = say(place);
    return row;
  }

  #describe(item, place) {
    const { kinds, kindOf, stateOf, ids } = this.#index;
    const kind = kinds[kindOf[place]];
    const state = STATES[stateOf[place]];
    item.querySelector("a").href = new URL(`tokens/${ids[place]}/`, ROOT).href;
    this.#covers.put(item.querySelector("img"), new URL(kind.cover, ROOT).href);
    part(item, "name").textContent = titleOf(this.#index, place);
    for (const each of item.querySelectorAll("[data-tier]")) each.textContent = tierOf(this.#index, place);
    for (const each of item.querySelectorAll("[data-state]")) {
      each.textContent = stateWords(this.#index, place);
      each.classList.add(state);
    }
    this.#keys.put(item, place);
    return state;
  }

  /** The page has another width: leaves have other columns. What was on the screen stays there. */
  #fit() {
    const body = this.#view === "list" ? this.#table : this.#grid;
    if (!this.#view || body.clientWidth === this.#width || body.clientWidth === 0) return;
    const top = this.#leaves.flatMap((leaf) => [...leaf.querySelectorAll("[data-nth]")]).find((item) => item.getBoundingClientRect().bottom > 0);
    const nth = Number(top?.dataset.nth ?? 0);
    const hadFocus = body.contains(document.activeElement);
    for (const known of [this.#made, this.#rows, this.#across]) known.clear();
    this.#lay();
    if (nth > 0) this.#reach(nth).scrollIntoView();
    if (hadFocus) this.#go(this.#current);
  }

  #hold(target) {
    const item = target.closest("[data-nth]");
    if (item) this.#mark(Number(item.dataset.nth));
  }

  #mark(nth) {
    const before = this.#made.get(this.#places[this.#current]);
    if (before) beReached(before, false);
    this.#current = nth;
    beReached(this.#made.get(this.#places[nth]), true);
  }

  #reach(nth) {
    const at = Math.floor(nth / this.#size);
    this.#fill(this.#leaves[at], at);
    return this.#made.get(this.#places[nth]);
  }

  #go(nth, from = null) {
    if (nth >= 0 && nth < this.#places.length) focusAsBefore(this.#reach(nth), from);
  }

  #steer(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const item = event.target.closest("[data-nth]");
    const step = item && stepOf(event.key, this.#columns);
    if (!step) return;
    const last = this.#places.length - 1;
    const wanted = Number(item.dataset.nth) + step;
    event.preventDefault();
    if (Math.abs(step) === Infinity) this.#go(step < 0 ? 0 : last, event.target);
    else if (wanted >= 0 && wanted <= last) this.#go(wanted, event.target);
  }
}

/** Tab leads to the link and the key of one token alone. */
function beReached(item, isCurrent) {
  for (const each of item.querySelectorAll("a, .play-key")) each.tabIndex = isCurrent ? 0 : -1;
}

/** From a play key to the next one's, where it has one; else to its link. */
export function focusAsBefore(item, from) {
  const key = from?.matches(".play-key") && item.querySelector(".play-key");
  (key || item.querySelector("a")).focus();
}

/** How many tokens a key moves on; 0 for keys that do not move. */
export function stepOf(key, columns) {
  const forward = document.dir === "rtl" ? -1 : 1;
  const steps = { ArrowRight: forward, ArrowLeft: -forward, ArrowDown: columns, ArrowUp: -columns, Home: -Infinity, End: Infinity };
  const page = Math.max(1, Math.round(innerHeight / 240)) * columns;
  return { ...steps, PageDown: page, PageUp: -page }[key] ?? 0;
}
