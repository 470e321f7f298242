// The prices that the visitor gives for what a song lacks, and the cheapest way to complete it.
import { cloneTemplate, createElement, find, part, setText } from "../base/dom.js";
import { reasonOf } from "../base/errors.js";
import { _, formatList, formatNumber } from "../language/phrases.js";
import { stemName } from "./stem-names.js";

/** @typedef {{ prices: Plans.Prices, complete: () => Promise<void> }} Buying prices that the visitor has given */

export class PriceForm {
  #element;
  #song;
  #buying;
  #life;

  /** @param {HTMLElement} element of the song @param {Data.ForgeSong} song @param {Buying} buying @param {AbortSignal} life */
  constructor(element, song, buying, life) {
    this.#element = element;
    this.#song = song;
    this.#buying = buying;
    this.#life = life;
  }

  /**
   * Inputs for the prices of stems that are not held, and of a song token.
   * @param {Plans.SongPlan} plan
   */
  offer(plan) {
    const form = part(this.#element, "prices");
    const box = part(this.#element, "buying");
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

  /** @param {Plans.Completion | null} completion */
  showCost(completion) {
    const status = part(part(this.#element, "buying"), "cost");
    if (!Object.keys(this.#buying.prices).length) setText(status, "");
    else if (!completion) setText(status, _("These prices don't complete it: a layer without a price counts as not for sale."));
    else if (!completion.buy.length) setText(status, _("You don't need to buy anything."));
    else setText(status, _("Cheapest: %(cost)s for %(stems)s. That is mix %(mix)s.", { cost: formatPrice(completion.cost), stems: formatList(completion.buy.map((key) => this.#stemName(key))), mix: completion.mix }));
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
      await complete().catch((error) => setText(part(this.#element, "progress"), reasonOf(error)));
    }, { signal: this.#life });
    return label;
  }

  /** @param {string} key "song/layer/stem" */
  #stemName(key) {
    const [, layer, stem] = key.split("/");
    return stemName(this.#song, layer, stem);
  }
}

/** @param {number} cost */
export function formatPrice(cost) {
  return formatNumber(cost, { maximumSignificantDigits: 6 });
}
