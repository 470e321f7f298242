// The tokens found, in one of three views. They are split into leaves of a few rows; leaves far from the screen are
// emptied but keep their height, so that the list can be of any length.
/** @import { View } from "./address.js" */
/** @import { Index } from "./token-index.js" */
/** @import { PlayButtons } from "./play-buttons.js" */
import { findAll, part } from "../base/dom.js";
import { focusSameControl, stepForKey } from "./arrow-keys.js";
import { Covers } from "./covers.js";
import { TokenItems } from "./token-items.js";

const LEAF = { sheet: 72, cards: 24, list: 16 }; // tokens per leaf, rounded to whole rows
const NEAR = "50% 0px"; // above and below the screen

export class Results {
  /**
   * @param {HTMLElement} element has the grid and the table
   * @param {Index} index @param {PlayButtons} keys play tokens
   * @param {Record<string, (token: number) => string>} words further columns of a row
   * @param {AbortSignal} life
   */
  constructor(element, index, keys, words, life) {
    this.#grid = part(element, "grid");
    this.#table = part(element, "table");
    this.#covers = new Covers(life);
    this.#tokenItems = new TokenItems(index, this.#covers, keys, words);
    this.#seen = new IntersectionObserver((entries) => this.#fillOrEmpty(entries), { rootMargin: NEAR });
    element.addEventListener("keydown", (event) => this.#handleKey(event), { signal: life });
    element.addEventListener("focusin", ({ target }) => this.#makeCurrent(target), { signal: life });
    const resized = new ResizeObserver(() => this.#resize());
    resized.observe(element);
    life.addEventListener("abort", () => {
      resized.disconnect();
      this.#seen.disconnect();
    });
  }

  #covers;
  #tokenItems;
  #grid;
  #table;
  #seen;
  /** @type {Uint32Array} */
  #tokens = new Uint32Array();
  /** @type {View} */
  #view = "cards";
  /** @type {HTMLElement[]} */
  #leaves = [];
  /** @type {Map<number, HTMLElement>} */
  #items = new Map(); // by token, for the current view
  /** @type {Map<View, number>} */
  #rowHeights = new Map(); // at the current width
  /** @type {Map<View, number>} */
  #columnCounts = new Map(); // at the current width
  #columns = 1;
  #size = 1; // tokens in a leaf
  #width = 0;
  #isShown = false;
  #current = 0; // index of the token in the tab order

  /** @param {Uint32Array} tokens @param {View} view */
  show(tokens, view) {
    if (view !== this.#view) this.#items.clear();
    [this.#tokens, this.#view, this.#current, this.#isShown] = [tokens, view, 0, true];
    this.#grid.hidden = view === "list";
    this.#table.hidden = view !== "list";
    this.#grid.dataset.view = view;
    this.#covers.pause();
    this.#layOut();
  }

  /** Focus the first token. */
  focus() {
    this.#focusToken(0);
  }

  #layOut() {
    this.#seen.disconnect();
    const reusable = this.#items;
    const body = this.#view === "list" ? this.#table : this.#grid;
    for (const leaf of this.#leaves) leaf.remove();
    [this.#items, this.#leaves] = [new Map(), []];
    if (this.#tokens.length === 0) return;
    this.#measure(body);
    this.#leaves = Array.from({ length: Math.ceil(this.#tokens.length / this.#size) }, () => this.#leaf());
    this.#fill(this.#leaves[0], 0, reusable);
    body.append(...this.#leaves);
    this.#table.setAttribute("aria-rowcount", String(this.#tokens.length + 1));
    for (const leaf of this.#leaves.slice(1)) this.#empty(leaf);
    for (const leaf of this.#leaves) this.#seen.observe(leaf);
  }

  #leaf() {
    /** @type {HTMLElement} */
    const leaf = document.createElement(this.#view === "list" ? "tbody" : "div");
    if (this.#view !== "list") leaf.role = "none";
    leaf.className = "leaf";
    return leaf;
  }

  /**
   * Measure the number of columns, and from it the size of a leaf.
   * @param {HTMLElement} body
   */
  #measure(body) {
    let columns = this.#columnCounts.get(this.#view);
    if (columns === undefined) {
      columns = this.#view === "list" ? 1 : this.#columnsIn(body);
      this.#columnCounts.set(this.#view, columns);
      this.#width = body.clientWidth;
    }
    this.#columns = columns;
    this.#size = Math.max(1, Math.round(LEAF[this.#view] / this.#columns)) * this.#columns;
  }

  /** @param {HTMLElement} body */
  #columnsIn(body) {
    const probe = this.#leaf();
    body.append(probe);
    const columns = getComputedStyle(probe).gridTemplateColumns.split(" ").length;
    probe.remove();
    return columns;
  }

  #rowHeight() {
    let height = this.#rowHeights.get(this.#view);
    if (height === undefined) {
      const rows = Math.ceil(Math.min(this.#size, this.#tokens.length) / this.#columns);
      height = this.#leaves[0].getBoundingClientRect().height / rows;
      this.#rowHeights.set(this.#view, height);
    }
    return height;
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #fillOrEmpty(entries) {
    for (const { target, isIntersecting } of entries) {
      const leaf = /** @type {HTMLElement} */ (target);
      const number = this.#leaves.indexOf(leaf);
      if (number < 0) continue;
      if (isIntersecting) this.#fill(leaf, number);
      else if (!leaf.contains(document.activeElement)) this.#empty(leaf);
    }
  }

  /** @param {HTMLElement} leaf @param {number} number of the leaf @param {Map<number, HTMLElement>} [reusable] */
  #fill(leaf, number, reusable) {
    if (leaf.dataset.full) return;
    const first = number * this.#size;
    const items = Array.from(this.#tokens.slice(first, first + this.#size), (token, nth) => this.#item(token, first + nth, reusable));
    leaf.replaceChildren(...items);
    leaf.style.blockSize = "";
    leaf.dataset.full = "yes";
  }

  /** @param {HTMLElement} leaf */
  #empty(leaf) {
    const first = this.#leaves.indexOf(leaf) * this.#size;
    const count = Math.min(this.#size, this.#tokens.length - first);
    for (const token of this.#tokens.subarray(first, first + count)) this.#items.delete(token);
    const row = document.createElement("tr"); // a table's leaf keeps its height through a row
    leaf.replaceChildren(...(this.#view === "list" ? [row] : []));
    (this.#view === "list" ? row : leaf).style.blockSize = `${this.#rowHeight() * Math.ceil(count / this.#columns)}px`;
    delete leaf.dataset.full;
  }

  /** @param {number} token @param {number} nth of all that are shown @param {Map<number, HTMLElement>} [reusable] */
  #item(token, nth, reusable) {
    const item = reusable?.get(token) ?? (this.#view === "list" ? this.#tokenItems.row(token) : this.#tokenItems.card(token, this.#view === "sheet"));
    this.#items.set(token, item);
    item.dataset.nth = String(nth);
    if (this.#view === "list") item.setAttribute("aria-rowindex", String(nth + 2));
    else {
      item.setAttribute("aria-setsize", String(this.#tokens.length));
      item.setAttribute("aria-posinset", String(nth + 1));
    }
    setReachable(item, nth === this.#current);
    return item;
  }

  /** Lay out again after a change of width; the topmost visible token stays in view. */
  #resize() {
    const body = this.#view === "list" ? this.#table : this.#grid;
    if (!this.#isShown || body.clientWidth === this.#width || body.clientWidth === 0) return;
    const top = this.#leaves.flatMap((leaf) => [...findAll(leaf, "[data-nth]")]).find((item) => item.getBoundingClientRect().bottom > 0);
    const nth = Number(top?.dataset.nth ?? 0);
    const hadFocus = body.contains(document.activeElement);
    for (const known of [this.#items, this.#rowHeights, this.#columnCounts]) known.clear();
    this.#layOut();
    if (nth > 0) this.#itemAt(nth)?.scrollIntoView();
    if (hadFocus) this.#focusToken(this.#current);
  }

  /** @param {EventTarget | null} target */
  #makeCurrent(target) {
    const item = itemOf(target);
    if (item) this.#mark(Number(item.dataset.nth));
  }

  /** @param {number} nth */
  #mark(nth) {
    for (const [position, isCurrent] of /** @type {const} */ ([[this.#current, false], [nth, true]])) {
      const item = this.#items.get(this.#tokens[position]);
      if (item) setReachable(item, isCurrent);
    }
    this.#current = nth;
  }

  /**
   * The element of a token; fills its leaf if necessary.
   * @param {number} nth
   */
  #itemAt(nth) {
    const number = Math.floor(nth / this.#size);
    this.#fill(this.#leaves[number], number);
    return this.#items.get(this.#tokens[nth]);
  }

  /** @param {number} nth @param {EventTarget | null} [from] what had the focus */
  #focusToken(nth, from = null) {
    const item = nth >= 0 && nth < this.#tokens.length ? this.#itemAt(nth) : undefined;
    if (item) focusSameControl(item, from);
  }

  /** @param {KeyboardEvent} event */
  #handleKey(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const item = itemOf(event.target);
    const step = item ? stepForKey(event.key, this.#columns) : 0;
    if (!item || !step) return;
    const last = this.#tokens.length - 1;
    const next = Number(item.dataset.nth) + step;
    event.preventDefault();
    if (Math.abs(step) === Infinity) this.#focusToken(step < 0 ? 0 : last, event.target);
    else if (next >= 0 && next <= last) this.#focusToken(next, event.target);
  }
}

/** @param {EventTarget | null} target */
function itemOf(target) {
  return target instanceof Element ? /** @type {HTMLElement | null} */ (target.closest("[data-nth]")) : null;
}

/**
 * Roving tab index: only one token's link and play button are in the tab order.
 * @param {HTMLElement} item @param {boolean} isCurrent
 */
function setReachable(item, isCurrent) {
  for (const element of findAll(item, "a, .play-key")) element.tabIndex = isCurrent ? 0 : -1;
}
