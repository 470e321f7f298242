// The layers of a song on the visitor's page: the stems held, which can be heard, or where to get one.
import { cloneTemplate, createElement, createLink, externalAddress, find, loadJson, part, setText, siteAddress } from "../base/dom.js";
import { _, formatNodeList, plural, splitSentence } from "../language/phrases.js";
import { contractOf, numberOf } from "../tokens/token-ids.js";
import { linkToToken, stemAddress } from "./links.js";

/** @import { Layer } from "./stem-names.js" */
/** @import { StemAudio } from "./stem-audio.js" */
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

const IDS = 8; // token ids listed per stem
const COLOURS = 8;

export class HeldLayers {
  #element;
  #song;
  #holding;
  #listening;
  #life;

  /**
   * @param {HTMLElement} element of the song @param {Data.ForgeSong} song @param {HeldStems} held @param {Holding} holding
   * @param {StemAudio} listening @param {AbortSignal} life
   */
  constructor(element, song, held, holding, listening, life) {
    this.#element = element;
    this.#song = song;
    this.#holding = holding;
    this.#listening = listening;
    this.#life = life;
    part(element, "layers").append(...song.layers.map((layer, nth) => this.#layer(layer, nth, held.get(layer.slug) ?? new Map())));
    part(element, "segments").append(...song.layers.map((layer, nth) => segment(nth, held.has(layer.slug))));
    if (held.size) onceVisible(element, () => this.#makeAudible(), life);
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
    name.href = stemAddress(this.#song.slug, layer.slug, stem.slug);
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
    const stems = layer.stems.map((stem) => createLink(stem.name, stemAddress(this.#song.slug, layer.slug, stem.slug)));
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
        const item = this.#element.querySelector(`[data-stem="${CSS.escape(`${layer.slug}/${stem.slug}`)}"]`);
        if (!item) continue;
        find(item, "path", SVGPathElement).setAttribute("d", stem.path);
        const key = part(item, "play", HTMLButtonElement);
        key.disabled = false;
        key.addEventListener("click", () => this.#listening.toggle(key, siteAddress(stem.audio.url)), { signal: this.#life });
      }
    }
  }
}

/** @param {number} nth of the layers @param {boolean} isHeld */
function segment(nth, isHeld) {
  return createElement("span", { class: `layer-${(nth % COLOURS) + 1}${isHeld ? " held" : ""}` });
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
