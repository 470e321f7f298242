// The gallery: search, facets, orders and views over all tokens, without a server.
//
// The page reads well without this: it shows a part of all tokens, and does so until something else is
// asked for. What is asked for stands in the address.
import { part, say } from "../base/dom.js";
import { Facets } from "./facets.js";
import { Finder } from "./search.js";
import { VIEWS, readAddress, viewOf, writeAddress } from "./address.js";
import { loadIndex } from "./token-index.js";
import { PlayKeys } from "./play-buttons.js";
import { Results, focusAsBefore, stepOf } from "./results.js";
import { LANGUAGE } from "../language/language.js";
import { _, fixed, number, plural } from "../language/phrases.js";
import { eachPage } from "../pages/page-life.js";

const UNKNOWN = "–";
const PAUSE = 500; // milliseconds without a change until the count is read out
const REMEMBERED = `stempress:gallery:${document.documentElement.dataset.collection}`;
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

class Gallery {
  /** `life` is aborted when the page is left. */
  constructor(place, life) {
    this.place = place;
    this.life = life;
    this.form = part(place, "filter");
    this.words = this.form.elements.q;
    this.sort = part(place, "sort");
    this.all = part(place, "all");
    this.found = part(place, "found");
    this.wide = matchMedia("(min-width: 60rem)");
    this.#listen();
    this.#showView(viewOf(location.search) || remembered());
    for (const each of place.querySelectorAll("[data-later]")) each.hidden = false;
    const isAsked = location.search.length > 1 || this.words.value || this.#viewShown() !== "cards";
    if (isAsked) this.#load();
    else whenIdle(() => this.#load({ quietly: true }));
  }

  #asked; // { words, chosen, sort, view }
  #finder;
  #facets;
  #results;
  #loading;
  #saying;

  #listen() {
    const { place, form, words } = this;
    words.addEventListener("input", () => this.#ask({ words: words.value }, { isTyping: true }));
    words.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown" || !this.#results || this.found.hidden) return;
      event.preventDefault();
      this.#results.focus();
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    this.sort.addEventListener("change", () => this.#ask({ sort: this.sort.value }));
    part(place, "views").addEventListener("change", ({ target }) => {
      remember(target.value);
      this.#ask({ view: target.value });
    });
    part(place, "table").addEventListener("click", ({ target }) => {
      const { order } = target.closest("[data-order]")?.dataset ?? {};
      if (order) this.#ask({ sort: this.#asked.sort === order ? `-${order}` : order });
    });
    part(place, "clear").addEventListener("click", () => {
      this.words.value = "";
      this.#ask({ words: "", chosen: {} });
      this.words.focus();
    });
    part(place, "unfold").addEventListener("click", () => this.#unfold());
    part(place, "done").addEventListener("click", () => {
      this.#unfold(false);
      part(place, "answer").scrollIntoView();
      part(place, "unfold").focus({ preventScroll: true });
    });
    part(place, "retry").addEventListener("click", () => this.#load());
    form.addEventListener("focusin", () => this.#load({ quietly: true }), { once: true });
    this.all.addEventListener("keydown", (event) => steerPlain(event, this.all));
    const { life } = this;
    addEventListener("popstate", () => this.#finder && this.#follow(), { signal: life });
    addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
      event.preventDefault();
      words.focus();
      words.select();
    }, { signal: life });
    const keepPlace = () => this.#asked && history.replaceState({ ...history.state, top: scrollY }, "");
    addEventListener("pagehide", keepPlace, { signal: life });
  }

  /** Fetch the index, once; quietly where nobody waits for it. */
  async #load({ quietly = false } = {}) {
    if (!quietly) this.#say(_("Loading the list of tokens…"));
    part(this.place, "trouble").hidden = true;
    try {
      this.#loading ??= loadIndex();
      const index = await this.#loading;
      if (!this.#finder) this.#begin(index);
    } catch {
      this.#loading = undefined;
      this.#say("");
      part(this.place, "trouble").hidden = quietly;
    }
  }

  #begin(index) {
    this.#finder = new Finder(index, LANGUAGE);
    this.#facets = new Facets(this.form, index.facets, (name, slugs) => {
      this.#ask({ chosen: { ...this.#asked.chosen, [name]: slugs } });
    });
    const keys = new PlayKeys(this.place, index, this.life);
    keys.join(this.all.querySelectorAll(".card"));
    this.#results = new Results(this.found, index, keys, {
      bits: (at) => bitsOf(index, at),
      rarity: (at) => labelOf(index, "rarity", index.bands[at]),
      owner: (at) => holdersOf(index, at),
    });
    const isHeld = index.owners.addresses.length > 0;
    this.place.classList.toggle("no-owners", !isHeld);
    this.sort.querySelector("[data-of-owners]").hidden = !isHeld;
    const typed = this.words.value; // before there was an index
    this.#follow();
    if (typed && typed !== this.#asked.words) this.#ask({ words: typed }, { isTyping: true });
    if (history.state?.top && !this.found.hidden) scrollTo(0, history.state.top);
  }

  /** Show what the address asks for. */
  #follow() {
    this.#asked = readAddress(location.search, this.#finder.index);
    this.words.value = this.#asked.words;
    this.#show();
  }

  async #ask(change, { isTyping = false } = {}) {
    if (!this.#finder) {
      await this.#load();
      if (!this.#finder || isTyping || this.life.aborted) return; // what was typed is asked for by then
    }
    this.#asked = { ...this.#asked, words: this.words.value, ...change };
    this.#asked.chosen = Object.fromEntries(this.#finder.facets.map(({ name }) => [name, this.#asked.chosen[name] ?? []]));
    const address = location.pathname + writeAddress(this.#asked);
    if (isTyping) history.replaceState(null, "", address);
    else if (address !== location.pathname + location.search) history.pushState(null, "", address);
    this.#show();
    this.#keepInSight();
  }

  #show() {
    const { words, chosen, sort, view } = this.#asked;
    const shown = view || remembered();
    const { places, counts } = this.#finder.ask(this.#asked);
    const isNarrowed = Boolean(words.trim()) || Object.values(chosen).some((slugs) => slugs.length);
    const isPlain = !isNarrowed && !sort && shown === "cards";
    this.#facets.update(chosen, counts);
    this.#showChips(chosen, isNarrowed);
    this.#showView(shown);
    this.#showOrder(sort, words);
    this.all.hidden = !isPlain;
    this.found.hidden = isPlain || places.length === 0;
    if (!isPlain) this.#results.show(places, shown);
    const { count } = this.#finder.index;
    if (!isNarrowed) this.#say(plural(count, "%(num)s token", "%(num)s tokens"));
    else if (places.length === 0) this.#say(_("No tokens match"));
    else this.#say(plural(count, "%(found)s of %(num)s token", "%(found)s of %(num)s tokens", { found: number(places.length) }));
    say(part(this.place, "done"), plural(places.length, "Show %(num)s token", "Show %(num)s tokens"));
  }

  #showChips(chosen, isNarrowed) {
    const list = part(this.place, "chips");
    const had = [...list.children].indexOf(document.activeElement?.closest("li"));
    const chips = Object.entries(chosen).flatMap(([name, slugs]) => slugs.map((slug) => this.#chip(name, slug)));
    list.replaceChildren(...chips);
    part(this.place, "narrowed").hidden = !isNarrowed;
    const count = chips.length;
    say(part(this.place, "unfold"), count ? _("Filters (%(count)s)", { count: number(count) }) : _("Filters"));
    if (had >= 0) (chips[Math.min(had, count - 1)]?.firstElementChild ?? this.words).focus();
  }

  #chip(name, slug) {
    const { values } = this.#finder.facets.find((facet) => facet.name === name);
    const { label, more } = values.find((value) => value.slug === slug);
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "chip";
    button.textContent = label;
    button.setAttribute("aria-label", _("Remove %(facet)s: %(value)s", { facet: NAMES[name], value: label }));
    button.title = [NAMES[name], more].filter(Boolean).join(": ");
    button.addEventListener("click", () => {
      this.#ask({ chosen: { ...this.#asked.chosen, [name]: this.#asked.chosen[name].filter((each) => each !== slug) } });
    });
    item.append(button);
    return item;
  }

  #showView(view) {
    for (const box of part(this.place, "views").querySelectorAll("input")) box.checked = box.value === view;
  }

  #viewShown() {
    return part(this.place, "views").querySelector("input:checked")?.value;
  }

  #showOrder(sort, words) {
    const [usual, byNumber] = ["", "number"].map((value) => this.sort.querySelector(`[value="${value}"]`));
    say(usual, words.trim() ? _("Best match") : _("Number"));
    byNumber.hidden = !words.trim();
    this.sort.value = sort;
    for (const button of part(this.place, "table").querySelectorAll("[data-order]")) {
      const [order, head] = [button.dataset.order, button.closest("th")];
      if (sort === order) head.ariaSort = "ascending";
      else if (sort === `-${order}`) head.ariaSort = "descending";
      else head.ariaSort = null;
    }
  }

  #unfold(isOpen = !this.form.classList.contains("open")) {
    this.form.classList.toggle("open", isOpen);
    part(this.place, "unfold").setAttribute("aria-expanded", String(isOpen));
  }

  /** Tokens that were found begin at the top, however far down one was. */
  #keepInSight() {
    const answer = part(this.place, "answer");
    const isBelow = this.wide.matches || !this.form.classList.contains("open");
    if (isBelow && answer.getBoundingClientRect().top < 0) answer.scrollIntoView();
  }

  /** The count is seen at once, and read out when it stays. */
  #say(words) {
    say(part(this.place, "said"), words);
    clearTimeout(this.#saying);
    this.#saying = setTimeout(() => say(part(this.place, "status"), words), PAUSE);
  }
}

function labelOf({ facets }, name, value) {
  return facets.find((facet) => facet.name === name).values[value]?.label ?? "";
}

function bitsOf({ bits }, at) {
  if (bits[at] < 0) return UNKNOWN;
  return _("%(score)s bits", { score: fixed(bits[at], 2) });
}

function holdersOf(index, at) {
  const [first, ...others] = index.owners.of(at);
  if (first === undefined) return UNKNOWN;
  const label = labelOf(index, "owner", first);
  return others.length ? `${label} +${number(others.length)}` : label;
}

/** The arrows lead over the tokens of a plain page as well. */
function steerPlain(event, place) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const cards = [...place.querySelectorAll(".card")];
  const at = cards.indexOf(event.target.closest(".card"));
  if (at < 0) return;
  const columns = getComputedStyle(cards[0].parentElement).gridTemplateColumns.split(" ").length;
  const step = stepOf(event.key, columns);
  if (!step) return;
  event.preventDefault();
  const wanted = Math.abs(step) === Infinity ? (step < 0 ? 0 : cards.length - 1) : at + step;
  if (cards[wanted]) focusAsBefore(cards[wanted], event.target);
}

function isWriting({ tagName, isContentEditable, type }) {
  return isContentEditable || tagName === "TEXTAREA" || tagName === "SELECT" || (tagName === "INPUT" && !["checkbox", "radio"].includes(type));
}

function remembered() {
  try {
    const view = localStorage.getItem(REMEMBERED);
    return VIEWS.includes(view) ? view : "cards";
  } catch {
    return "cards"; // the browser keeps nothing
  }
}

function remember(view) {
  try {
    localStorage.setItem(REMEMBERED, view);
  } catch {
    // the browser keeps nothing
  }
}

function whenIdle(work) {
  if (navigator.connection?.saveData) return;
  if (window.requestIdleCallback) requestIdleCallback(work, { timeout: 3000 });
  else setTimeout(work, 500);
}

eachPage((life) => {
  const place = document.querySelector("[data-gallery]");
  if (place) new Gallery(place, life);
});
