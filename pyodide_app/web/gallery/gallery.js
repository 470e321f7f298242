// The gallery: search, facets, orders and views over all tokens, without a server.
//
// Without it, and until the visitor searches, the page shows its static part of the tokens. The query is kept in
// the page's URL.
import { find, findAll, part, setText } from "../base/dom.js";
import { LANGUAGE } from "../language/language.js";
import { _, formatNumber, plural } from "../language/phrases.js";
import { eachPage } from "../pages/page-life.js";
import { readAddress, viewOf, writeAddress } from "./address.js";
import { moveFocus } from "./arrow-keys.js";
import { Chips } from "./chips.js";
import { Facets } from "./facets.js";
import { PlayButtons } from "./play-buttons.js";
import { Results } from "./results.js";
import { rowWords } from "./row-words.js";
import { TokenSearch } from "./search.js";
import { loadIndex } from "./token-index.js";
import { ViewChoice } from "./view-choice.js";

const PAUSE = 500; // ms, until screen readers announce the count
/** @import { Query } from "./address.js" */
/** @import { Index } from "./token-index.js" */

class Gallery {
  /** @param {HTMLElement} element @param {AbortSignal} life aborted when the page is left */
  constructor(element, life) {
    this.element = element;
    this.life = life;
    this.form = part(element, "filter", HTMLFormElement);
    this.words = find(this.form, "[name=q]", HTMLInputElement);
    this.sort = part(element, "sort", HTMLSelectElement);
    this.all = part(element, "all");
    this.found = part(element, "found");
    this.wide = matchMedia("(min-width: 60rem)");
    this.views = new ViewChoice(element, (view) => this.#update({ view }), life);
    this.#listen();
    this.views.show(viewOf(location.search) || this.views.last);
    for (const control of findAll(element, "[data-later]")) control.hidden = false;
    const isSearch = location.search.length > 1 || this.words.value || this.views.shown !== "cards";
    if (isSearch) this.#load();
    else whenIdle(() => life.aborted || this.#load({ quietly: true }));
  }

  /** @type {Query} */
  #query = { words: "", chosen: {}, sort: "", view: "" };
  /** @type {{ finder: TokenSearch, facets: Facets, chips: Chips, results: Results } | null} */
  #ready = null; // once the index has loaded
  /** @type {Promise<Index> | null} */
  #loading = null;
  #announcing = 0; // a timer

  #listen() {
    const { element, form, life: signal } = this;
    this.#listenToWords();
    this.#listenToFilters();
    this.#listenToOrders();
    part(element, "retry").addEventListener("click", () => this.#load(), { signal });
    form.addEventListener("focusin", () => this.#load({ quietly: true }), { once: true, signal });
    this.all.addEventListener("keydown", (event) => moveFocus(event, this.all), { signal });
    addEventListener("popstate", () => this.#ready && this.#follow(this.#ready.finder), { signal });
    const keepPlace = () => this.#ready && history.replaceState({ ...history.state, top: scrollY }, "");
    addEventListener("pagehide", keepPlace, { signal });
  }

  #listenToWords() {
    const { words, life: signal } = this;
    words.addEventListener("input", () => this.#update({ words: words.value }, { isTyping: true }), { signal });
    words.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown" || !this.#ready || this.found.hidden) return;
      event.preventDefault();
      this.#ready.results.focus();
    }, { signal });
    addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
      event.preventDefault();
      words.focus();
      words.select();
    }, { signal });
  }

  #listenToFilters() {
    const { element, form, words, life: signal } = this;
    form.addEventListener("submit", (event) => event.preventDefault(), { signal });
    part(element, "clear").addEventListener("click", () => {
      words.value = "";
      this.#update({ words: "", chosen: {} });
      words.focus();
    }, { signal });
    part(element, "unfold").addEventListener("click", () => this.#toggleFilters(), { signal });
    part(element, "done").addEventListener("click", () => {
      this.#toggleFilters(false);
      part(element, "answer").scrollIntoView();
      part(element, "unfold").focus({ preventScroll: true });
    }, { signal });
  }

  #listenToOrders() {
    const { life: signal } = this;
    this.sort.addEventListener("change", () => this.#update({ sort: this.sort.value }), { signal });
    part(this.element, "table").addEventListener("click", ({ target }) => {
      const order = target instanceof Element ? target.closest("[data-order]")?.getAttribute("data-order") : null;
      if (order) this.#update({ sort: this.#query.sort === order ? `-${order}` : order });
    }, { signal });
  }

  /** Load the index, once; quietly: without messages. */
  async #load({ quietly = false } = {}) {
    if (!quietly) this.#announce(_("Reading the list of tokens…"));
    part(this.element, "trouble").hidden = true;
    try {
      this.#loading ??= loadIndex();
      const index = await this.#loading;
      if (!this.#ready && !this.life.aborted) this.#start(index);
    } catch {
      this.#loading = null;
      this.#announce("");
      part(this.element, "trouble").hidden = quietly;
    }
  }

  /** @param {Index} index */
  #start(index) {
    const finder = new TokenSearch(index, LANGUAGE);
    const choose = (/** @type {string} */ name, /** @type {string[]} */ slugs) => {
      this.#update({ chosen: { ...this.#query.chosen, [name]: slugs } });
    };
    const facets = new Facets(this.form, index.facets, choose, this.life);
    const keys = new PlayButtons(this.element, index, this.life);
    keys.addToCards(this.all.querySelectorAll(".card"));
    const chips = new Chips(part(this.element, "chips"), choose, this.life);
    const results = new Results(this.found, index, keys, rowWords(index), this.life);
    this.#ready = { finder, facets, chips, results };
    const isHeld = index.owners.addresses.length > 0;
    this.element.classList.toggle("no-owners", !isHeld);
    find(this.sort, "[data-of-owners]").hidden = !isHeld;
    const typed = this.words.value; // while the index was loading
    this.#follow(finder);
    if (typed && typed !== this.#query.words) this.#update({ words: typed }, { isTyping: true });
    if (history.state?.top && !this.found.hidden) scrollTo(0, history.state.top);
  }

  /**
   * Apply the query in the page's URL.
   * @param {TokenSearch} finder
   */
  #follow(finder) {
    this.#query = readAddress(location.search, finder.index);
    this.words.value = this.#query.words;
    this.#show();
  }

  /** @param {Partial<Query>} change */
  async #update(change, { isTyping = false } = {}) {
    if (!this.#ready) {
      await this.#load();
      if (!this.#ready || isTyping || this.life.aborted) return; // typed words are applied once the index has loaded
    }
    const { finder } = this.#ready;
    const query = { ...this.#query, words: this.words.value, ...change };
    const chosen = Object.fromEntries(finder.facets.map(({ name }) => [name, query.chosen[name] ?? []]));
    this.#query = { ...query, chosen };
    const address = location.pathname + writeAddress(this.#query);
    if (isTyping) history.replaceState(null, "", address);
    else if (address !== location.pathname + location.search) history.pushState(null, "", address);
    this.#show();
    this.#keepInSight();
  }

  #show() {
    if (!this.#ready) return;
    const { finder, facets, chips, results } = this.#ready;
    const { words, chosen, sort, view } = this.#query;
    const shown = view || this.views.last;
    const { tokens, counts } = finder.search(this.#query);
    const isNarrowed = Boolean(words.trim()) || Object.values(chosen).some((slugs) => slugs.length);
    const isPlain = !isNarrowed && !sort && shown === "cards";
    facets.update(chosen, counts);
    this.#showChosen(finder, chips, isNarrowed);
    this.views.show(shown);
    this.#showOrder(sort, words);
    this.all.hidden = !isPlain;
    this.found.hidden = isPlain || tokens.length === 0;
    if (!isPlain) results.show(tokens, shown);
    const { count } = finder.index;
    if (!isNarrowed) this.#announce(plural(count, "%(num)s token", "%(num)s tokens"));
    else if (tokens.length === 0) this.#announce(_("No tokens match"));
    else this.#announce(plural(count, "%(found)s of %(num)s token", "%(found)s of %(num)s tokens", { found: formatNumber(tokens.length) }));
    setText(part(this.element, "done"), plural(tokens.length, "Show %(num)s token", "Show %(num)s tokens"));
  }

  /** @param {TokenSearch} finder @param {Chips} chips @param {boolean} isNarrowed */
  #showChosen({ facets }, chips, isNarrowed) {
    part(this.element, "narrowed").hidden = !isNarrowed;
    const count = chips.show(facets, this.#query.chosen, this.words);
    setText(part(this.element, "unfold"), count ? _("Filters (%(count)s)", { count: formatNumber(count) }) : _("Filters"));
  }

  /** @param {string} sort @param {string} words */
  #showOrder(sort, words) {
    const [usual, byNumber] = ["", "number"].map((value) => find(this.sort, `[value="${value}"]`));
    setText(usual, words.trim() ? _("Best match") : _("Number"));
    byNumber.hidden = !words.trim();
    this.sort.value = sort;
    for (const button of findAll(part(this.element, "table"), "[data-order]")) {
      const { order } = button.dataset;
      const head = button.closest("th");
      if (!head) continue;
      if (sort === order) head.ariaSort = "ascending";
      else if (sort === `-${order}`) head.ariaSort = "descending";
      else head.ariaSort = null;
    }
  }

  #toggleFilters(isOpen = !this.form.classList.contains("open")) {
    this.form.classList.toggle("open", isOpen);
    part(this.element, "unfold").setAttribute("aria-expanded", String(isOpen));
  }

  /** Scroll to the start of the results. */
  #keepInSight() {
    const answer = part(this.element, "answer");
    const isBelow = this.wide.matches || !this.form.classList.contains("open");
    if (isBelow && answer.getBoundingClientRect().top < 0) answer.scrollIntoView();
  }

  /**
   * Show the count at once; announce it to screen readers when it has settled.
   * @param {string} words
   */
  #announce(words) {
    setText(part(this.element, "said"), words);
    clearTimeout(this.#announcing);
    this.#announcing = setTimeout(() => setText(part(this.element, "status"), words), PAUSE);
  }
}

/** @param {EventTarget | null} target */
function isWriting(target) {
  if (target instanceof HTMLInputElement) return !["checkbox", "radio"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || (target instanceof HTMLElement && target.isContentEditable);
}

/** @param {() => void} work */
function whenIdle(work) {
  if (navigator.connection?.saveData) return;
  if (typeof requestIdleCallback === "function") requestIdleCallback(work, { timeout: 3000 });
  else setTimeout(work, 500);
}

eachPage((life) => {
  const element = document.querySelector("[data-gallery]");
  if (element instanceof HTMLElement) new Gallery(element, life);
});
