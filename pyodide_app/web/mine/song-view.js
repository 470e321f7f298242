// A song on the visitor's page: its layers with the stems held, its combinations, and prices.
/** @import { Planner } from "./planner.js" */
/** @import { StemAudio } from "./stem-audio.js" */
import { cloneTemplate, createElement, createLink, externalAddress, find, loadJson, part, setText, siteAddress } from "../base/dom.js";
import { reasonOf } from "../base/errors.js";
import { forgeAddress } from "./drop-links.js";
import { contractOf, numberOf } from "../tokens/token-ids.js";
import { _, formatDecimal, formatList, formatNodeList, formatNumber, plural, splitSentence } from "../language/phrases.js";

const STEP = 12;
const IDS = 8; // token ids listed per stem
const COLOURS = 8;

/** @typedef {Data.ForgeSong["layers"][0]} Layer */
/** @typedef {Layer["stems"][0]} Stem */
/** @typedef {[id: string, count: number][]} Copies of a stem, by token */
/** @typedef {Map<string, Map<string, Copies>>} HeldStems of a song, by layer and stem */
/**
 * The visitor's tokens.
 * @typedef {object} Holding
 * @property {ReadonlyMap<string, number>} tokens how many are held of each, by id
 * @property {Map<string, Data.Token>} byId the site's tokens
 * @property {Data.Collection} collection
 */
/** @typedef {{ prices: Plans.Prices, complete: () => Promise<void> }} Buying prices that the visitor has given */

/** One song: its layers with the stems held, and the planner's results. */
export class SongView {
  element = cloneTemplate("song");
  /** @type {Plans.SongPlan | null} */
  plan = null;
  #song;
  #holding;
  #planner;
  #listening;
  #buying;
  #life;
  #shown = 0;

  /**
   * @param {Data.ForgeSong} song @param {HeldStems} held @param {Holding} holding @param {Planner | null} planner
   * @param {StemAudio} listening @param {Buying} buying @param {AbortSignal} life
   */
  constructor(song, held, holding, planner, listening, buying, life) {
    this.#song = song;
    this.#holding = holding;
    this.#planner = planner;
    this.#listening = listening;
    this.#buying = buying;
    this.#life = life;
    showHead(this.element, song);
    part(this.element, "layers").append(...song.layers.map((layer, nth) => this.#layer(layer, nth, held.get(layer.slug) ?? new Map())));
    part(this.element, "segments").append(...song.layers.map((layer, nth) => segment(nth, held.has(layer.slug))));
    part(this.element, "next").addEventListener("click", () => this.#more(), { signal: life });
    part(this.element, "combos").addEventListener("toggle", () => this.#shown || this.#more(), { signal: life });
    if (held.size) onceVisible(this.element, () => this.#makeAudible(), life);
  }

  get title() {
    return this.#song.title;
  }

  /** @param {Plans.SongPlan} plan */
  showPlan(plan) {
    this.plan = plan;
    const parts = [plural(plan.of, "%(held)s of %(num)s layer.", "%(held)s of %(num)s layers.", { held: plan.held })];
    if (plan.tokens) parts.push(plural(plan.tokens, "%(num)s song token.", "%(num)s song tokens."));
    const missing = plan.missing.map((slug) => this.#layerOf(slug).name);
    if (plan.held && missing.length) parts.push(_("Missing: %(names)s.", { names: formatList(missing) }));
    setText(part(this.element, "progress"), parts.join(" "));
    const verdict = part(this.element, "verdict");
    verdict.hidden = !plan.held || plan.missing.length > 0;
    const batch = plan.batch.map(([mix, times]) => (times > 1 ? `${mix} ×${times}` : mix)).join(", ");
    const facts = { count: formatNumber(plan.at_once), mixes: batch };
    if (!plan.at_once) setText(verdict, _("You hold every layer, but the song's rules allow none of your combinations."));
    else if (plan.exact) setText(verdict, plural(plan.combinations, "You can forge this song now: %(count)s at once (%(mixes)s), out of %(num)s combination. It is irreversible.", "You can forge this song now: %(count)s at once (%(mixes)s), out of %(num)s combinations. It is irreversible.", facts));
    else setText(verdict, plural(plan.combinations, "You can forge this song now: at least %(count)s at once (%(mixes)s), out of %(num)s combination. It is irreversible.", "You can forge this song now: at least %(count)s at once (%(mixes)s), out of %(num)s combinations. It is irreversible.", facts));
    const combos = part(this.element, "combos");
    combos.hidden = !plan.combinations;
    setText(find(combos, "summary"), plural(plan.combinations, "%(num)s combination", "All %(num)s combinations, rarest first"));
    this.#offerPrices(plan);
  }

  /** @param {Plans.Completion | null} completion */
  showCost(completion) {
    const status = part(part(this.element, "buying"), "cost");
    if (!Object.keys(this.#buying.prices).length) setText(status, "");
    else if (!completion) setText(status, _("These prices don't complete it: a layer without a price counts as not for sale."));
    else if (!completion.buy.length) setText(status, _("You don't need to buy anything."));
    else setText(status, _("Cheapest: %(cost)s for %(stems)s. That is mix %(mix)s.", { cost: formatPrice(completion.cost), stems: formatList(completion.buy.map((key) => this.#stemName(key))), mix: completion.mix }));
  }

  /** @param {Layer} layer @param {number} nth of the layers @param {Map<string, Copies>} held */
  #layer(layer, nth, held) {
    const item = cloneTemplate("layer");
    item.classList.add(`layer-${(nth % COLOURS) + 1}`);
    setText(part(item, "name"), layer.name);
    const stems = layer.stems.flatMap((stem) => {
      const copies = held.get(stem.slug);
      return copies ? this.#stem(layer, stem, copies) : [];
    });
    part(item, "list").append(...stems);
    if (!stems.length) part(item, "list").append(this.#missing(layer));
    return item;
  }

  /** @param {Layer} layer @param {Stem} stem @param {Copies} held */
  #stem(layer, stem, held) {
    const item = cloneTemplate("stem");
    const copies = held.reduce((sum, [, count]) => sum + count, 0);
    item.dataset.stem = `${layer.slug}/${stem.slug}`;
    part(item, "play").setAttribute("aria-label", _("Play %(stem)s", { stem: stem.name }));
    const name = part(item, "name", HTMLAnchorElement);
    setText(name, stem.name);
    name.href = this.#stemAddress(layer, stem);
    setText(part(item, "copies"), copies > 1 ? plural(copies, "%(num)s copy", "%(num)s copies") : "");
    /** @type {(string | Node)[]} */
    const ids = held.slice(0, IDS).map(([id]) => linkToToken(id));
    if (held.length > IDS) ids.push(plural(held.length - IDS, "%(num)s more", "%(num)s more"));
    part(item, "ids").append(...formatNodeList(ids));
    return item;
  }

  /** @param {Layer} layer */
  #missing(layer) {
    const item = cloneTemplate("missing");
    const label = item.querySelector("b");
    if (layer.empty && label) setText(label, _("May be left out, or"));
    const { byId, collection, tokens } = this.#holding;
    const stems = layer.stems.map((stem) => createLink(stem.name, this.#stemAddress(layer, stem)));
    const one = stems.length === 1 ? stems : splitSentence(_("one of %(stems)s"), { stems: formatNodeList(stems, "or") });
    part(item, "list").append(...one);
    const others = [...byId.values()].filter((token) => token.song === this.#song.slug && token.layer === layer.slug && token.state === "revealed" && !tokens.has(token.id));
    const market = part(item, "market");
    const contract = others.length ? contractOf(collection, others[0].id) : null;
    if (!others.length) setText(market, _("Nobody holds one right now."));
    else if (contract?.marketplace) {
      const [{ id, title }] = others;
      market.append(createLink(_("On the marketplace"), externalAddress(contract.marketplace, contract, numberOf(id))), " ", plural(others.length, "(%(title)s; %(num)s token in all)", "(%(title)s; %(num)s tokens in all)", { title }));
    } else setText(market, plural(others.length, "%(num)s token held by others.", "%(num)s tokens held by others."));
    return item;
  }

  /** Load waveforms and enable the play buttons: when the song comes into view. */
  async #makeAudible() {
    /** @type {Data.Song | null} */
    const song = await loadJson(`data/songs/${this.#song.slug}.json`).catch(() => null);
    for (const layer of song?.layers ?? []) {
      for (const stem of layer.stems) {
        const item = this.element.querySelector(`[data-stem="${CSS.escape(`${layer.slug}/${stem.slug}`)}"]`);
        if (!item) continue;
        find(item, "path", SVGPathElement).setAttribute("d", stem.path);
        const key = part(item, "play", HTMLButtonElement);
        key.disabled = false;
        key.addEventListener("click", () => this.#listening.toggle(key, siteAddress(stem.audio.url)), { signal: this.#life });
      }
    }
  }

  async #more() {
    const { slug } = this.#song;
    if (!this.#planner) return;
    const next = part(this.element, "next");
    const from = this.#shown;
    this.#shown += STEP;
    try {
      const rows = await this.#planner.combinations(slug, from, STEP);
      part(this.element, "rows").append(...rows.map((row) => this.#combination(row)));
    } catch (error) {
      this.#shown = from;
      setText(part(this.element, "progress"), reasonOf(error));
    }
    next.hidden = this.#shown >= (this.plan?.combinations ?? 0);
  }

  /** @param {Plans.Combination} combination */
  #combination({ mix, stems, bits, minted }) {
    const item = cloneTemplate("combination");
    const anchor = part(item, "mix", HTMLAnchorElement);
    setText(anchor, mix);
    const hasPage = this.#song.pages?.includes(mix) ?? true;
    const place = hasPage ? `${mix}/` : `#v=1&song=${this.#song.slug}&mix=${mix}`;
    anchor.href = siteAddress(this.#song.address + place);
    anchor.setAttribute("aria-label", _("Hear mix %(mix)s", { mix }));
    setText(part(item, "stems"), stems.join(", "));
    const tokens = formatNodeList(minted.map((id) => linkToToken(id)));
    const exists = minted.length ? splitSentence(_("exists as %(tokens)s"), { tokens }) : [_("nobody has it yet")];
    part(item, "facts").append(_("%(score)s bits", { score: formatDecimal(bits) }), "; ", ...exists);
    const key = part(item, "weigh");
    const words = part(item, "loss");
    key.addEventListener("click", async () => {
      words.hidden = !words.hidden;
      key.setAttribute("aria-expanded", String(!words.hidden));
      if (words.hidden || words.childNodes.length || !this.#planner) return;
      try {
        words.append(...this.#loss(await this.#planner.forgingLoss(this.#song.slug, mix)));
      } catch (error) {
        setText(words, reasonOf(error));
      }
    }, { signal: this.#life });
    return item;
  }

  /**
   * The cost of forging a combination, in sentences.
   * @param {Plans.Loss} loss
   */
  #loss({ burned, last, combinations_before, combinations_after, at_once_before, at_once_after, rarer }) {
    /** @param {[layer: string, stem: string]} key */
    const name = ([layer, stem]) => this.#stemName(`${this.#song.slug}/${layer}/${stem}`);
    const tokens = Object.entries(burned).map(([layer, id]) =>
      createElement("li", {}, `${this.#layerOf(layer).name}: `, linkToToken(id)));
    const sentences = [
      last.length ? _("You give up your last copy of %(stems)s.", { stems: formatList(last.map(name)) }) : _("You keep a copy of every stem."),
      _("Combinations left: %(after)s of %(before)s. Songs you can still forge: %(then)s instead of %(now)s.", {
        after: formatNumber(combinations_after), before: formatNumber(combinations_before), then: at_once_after, now: at_once_before,
      }),
      rarer ? _("A rarer combination is lost: %(mix)s (%(score)s bits: %(stems)s).", { mix: rarer.mix, score: formatDecimal(rarer.bits), stems: rarer.stems.join(", ") }) : _("No rarer combination is lost."),
      _("The song token still unlocks all of these stems in the mixer."),
      _("Forging is irreversible."),
    ];
    const address = forgeAddress(this.#holding.collection.drop, { song: this.#song.slug, burn: Object.values(burned) });
    const link = address ? [createElement("p", {}, createLink(_("Forge it from these tokens"), address))] : [];
    return [paragraph(_("Burned for it:")), createElement("ul", {}, ...tokens), ...sentences.map(paragraph), ...link];
  }

  /**
   * Inputs for the prices of stems that are not held, and of a song token.
   * @param {Plans.SongPlan} plan
   */
  #offerPrices(plan) {
    const form = part(this.element, "prices");
    const box = part(this.element, "buying");
    if (form.childElementCount) return;
    for (const layer of this.#song.layers) {
      const stems = layer.stems.filter((stem) => !(`${layer.slug}/${stem.slug}` in plan.stems));
      if (!stems.length) continue;
      const prices = stems.map((stem) => this.#price(stem.name, `${this.#song.slug}/${layer.slug}/${stem.slug}`));
      form.append(createElement("fieldset", {}, createElement("legend", {}, layer.name), ...prices));
    }
    form.append(this.#price(_("A song token"), this.#song.slug));
    form.addEventListener("submit", (event) => event.preventDefault(), { signal: this.#life });
    box.hidden = false;
  }

  /** @param {string} name @param {string} key of the price */
  #price(name, key) {
    const label = cloneTemplate("price");
    const input = find(label, "input", HTMLInputElement);
    setText(find(label, "span"), name);
    input.addEventListener("input", async () => {
      const { prices, complete } = this.#buying;
      if (input.value === "" || !(input.valueAsNumber >= 0)) delete prices[key];
      else prices[key] = input.valueAsNumber;
      await complete().catch((error) => setText(part(this.element, "progress"), reasonOf(error)));
    }, { signal: this.#life });
    return label;
  }

  /** @param {Layer} layer @param {Stem} stem */
  #stemAddress({ slug: layer }, { slug: stem }) {
    return siteAddress(`stems/${this.#song.slug}/${layer}/${stem}/`);
  }

  /** @param {string} slug */
  #layerOf(slug) {
    const layer = this.#song.layers.find((other) => other.slug === slug);
    if (!layer) throw new RangeError(`${this.#song.slug}/${slug}`);
    return layer;
  }

  /** @param {string} key "song/layer/stem" */
  #stemName(key) {
    const [, layerSlug, stem] = key.split("/");
    const layer = this.#layerOf(layerSlug);
    return `${layer.name}: ${layer.stems.find(({ slug }) => slug === stem)?.name ?? stem}`;
  }
}

/** @param {HTMLElement} element @param {{ title: string, address: string, cover: string }} facts */
export function showHead(element, { title, address, cover }) {
  const name = part(element, "title", HTMLAnchorElement);
  setText(name, title);
  name.href = siteAddress(address);
  part(element, "cover", HTMLImageElement).src = siteAddress(cover);
}

/** @param {number} nth of the layers @param {boolean} isHeld */
function segment(nth, isHeld) {
  return createElement("span", { class: `layer-${(nth % COLOURS) + 1}${isHeld ? " held" : ""}` });
}

/** @param {string} id */
function linkToToken(id) {
  return createLink(`#${numberOf(id)}`, siteAddress(`tokens/${id}/`));
}

/** @param {string} words */
function paragraph(words) {
  return createElement("p", {}, words);
}

/** @param {number} cost */
export function formatPrice(cost) {
  return formatNumber(cost, { maximumSignificantDigits: 6 });
}

/** @param {Element} element @param {() => void} act @param {AbortSignal} life */
function onceVisible(element, act, life) {
  const watch = new IntersectionObserver((entries) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    watch.disconnect();
    act();
  }, { rootMargin: "400px" });
  watch.observe(element);
  life.addEventListener("abort", () => watch.disconnect());
}
