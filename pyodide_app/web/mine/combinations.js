// The combinations that a song can be forged from, rarest first, and what each would cost.
import { cloneTemplate, createElement, createLink, find, part, setText, siteAddress } from "../base/dom.js";
import { reasonOf } from "../base/errors.js";
import { _, formatDecimal, formatList, formatNodeList, formatNumber, plural, splitSentence } from "../language/phrases.js";
import { forgeAddress } from "./drop-links.js";
import { linkToToken } from "./links.js";
import { layerOf, stemName } from "./stem-names.js";

/** @import { Planner } from "./planner.js" */

const STEP = 12;

export class Combinations {
  #element;
  #song;
  #drop;
  #planner;
  #life;
  #shown = 0;
  #count = 0; // of all

  /**
   * @param {HTMLElement} element of the song @param {Data.ForgeSong} song @param {Data.Drop | null} drop
   * @param {Planner | null} planner @param {AbortSignal} life
   */
  constructor(element, song, drop, planner, life) {
    this.#element = element;
    this.#song = song;
    this.#drop = drop;
    this.#planner = planner;
    this.#life = life;
    part(element, "next").addEventListener("click", () => this.#more(), { signal: life });
    part(element, "combos").addEventListener("toggle", () => this.#shown || this.#more(), { signal: life });
  }

  /**
   * Offer the list.
   * @param {number} count of all combinations
   */
  offer(count) {
    this.#count = count;
    const combos = part(this.#element, "combos");
    combos.hidden = !count;
    setText(find(combos, "summary"), plural(count, "%(num)s combination", "All %(num)s combinations, rarest first"));
  }

  async #more() {
    const { slug } = this.#song;
    if (!this.#planner) return;
    const next = part(this.#element, "next");
    const from = this.#shown;
    this.#shown += STEP;
    try {
      const rows = await this.#planner.combinations(slug, from, STEP);
      part(this.#element, "rows").append(...rows.map((row) => this.#combination(row)));
    } catch (error) {
      this.#shown = from;
      setText(part(this.#element, "progress"), reasonOf(error));
    }
    next.hidden = this.#shown >= this.#count;
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
    const name = ([layer, stem]) => stemName(this.#song, layer, stem);
    const tokens = Object.entries(burned).map(([layer, id]) =>
      createElement("li", {}, `${layerOf(this.#song, layer).name}: `, linkToToken(id)));
    const sentences = [
      last.length ? _("You give up your last copy of %(stems)s.", { stems: formatList(last.map(name)) }) : _("You keep a copy of every stem."),
      _("Combinations left: %(after)s of %(before)s. Songs you can still forge: %(then)s instead of %(now)s.", {
        after: formatNumber(combinations_after), before: formatNumber(combinations_before), then: at_once_after, now: at_once_before,
      }),
      rarer ? _("A rarer combination is lost: %(mix)s (%(score)s bits: %(stems)s).", { mix: rarer.mix, score: formatDecimal(rarer.bits), stems: rarer.stems.join(", ") }) : _("No rarer combination is lost."),
      _("The song token still unlocks all of these stems in the mixer."),
      _("Forging is irreversible."),
    ];
    const address = forgeAddress(this.#drop, { song: this.#song.slug, burn: Object.values(burned) });
    const link = address ? [createElement("p", {}, createLink(_("Forge it from these tokens"), address))] : [];
    return [paragraph(_("Burned for it:")), createElement("ul", {}, ...tokens), ...sentences.map(paragraph), ...link];
  }
}

/** @param {string} words */
function paragraph(words) {
  return createElement("p", {}, words);
}
