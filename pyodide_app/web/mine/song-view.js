// A song on the visitor's page: its layers with the stems held, its combinations, and prices.
import { cloneTemplate, part, setText, siteAddress } from "../base/dom.js";
import { _, formatList, formatNumber, plural } from "../language/phrases.js";
import { Combinations } from "./combinations.js";
import { HeldLayers } from "./held-layers.js";
import { PriceForm } from "./price-form.js";
import { layerOf } from "./stem-names.js";

/** @import { HeldStems, Holding } from "./held-layers.js" */
/** @import { Planner } from "./planner.js" */
/** @import { Buying } from "./price-form.js" */
/** @import { StemAudio } from "./stem-audio.js" */

export class SongView {
  element = cloneTemplate("song");
  /** @type {Plans.SongPlan | null} */
  plan = null;
  #song;
  #combinations;
  #prices;

  /**
   * @param {Data.ForgeSong} song @param {HeldStems} held @param {Holding} holding @param {Planner | null} planner
   * @param {StemAudio} listening @param {Buying} buying @param {AbortSignal} life
   */
  constructor(song, held, holding, planner, listening, buying, life) {
    this.#song = song;
    showHead(this.element, song);
    new HeldLayers(this.element, song, held, holding, listening, life);
    this.#combinations = new Combinations(this.element, song, holding.collection.drop, planner, life);
    this.#prices = new PriceForm(this.element, song, buying, life);
  }

  get title() {
    return this.#song.title;
  }

  /** @param {Plans.SongPlan} plan */
  showPlan(plan) {
    this.plan = plan;
    this.#showProgress(plan);
    this.#showVerdict(plan);
    this.#combinations.offer(plan.combinations);
    this.#prices.offer(plan);
  }

  /** @param {Plans.Completion | null} completion */
  showCost(completion) {
    this.#prices.showCost(completion);
  }

  /** @param {Plans.SongPlan} plan */
  #showProgress(plan) {
    const parts = [plural(plan.of, "%(held)s of %(num)s layer.", "%(held)s of %(num)s layers.", { held: plan.held })];
    if (plan.tokens) parts.push(plural(plan.tokens, "%(num)s song token.", "%(num)s song tokens."));
    const missing = plan.missing.map((slug) => layerOf(this.#song, slug).name);
    if (plan.held && missing.length) parts.push(_("Missing: %(names)s.", { names: formatList(missing) }));
    setText(part(this.element, "progress"), parts.join(" "));
  }

  /** @param {Plans.SongPlan} plan */
  #showVerdict(plan) {
    const verdict = part(this.element, "verdict");
    verdict.hidden = !plan.held || plan.missing.length > 0;
    const batch = plan.batch.map(([mix, times]) => (times > 1 ? `${mix} ×${times}` : mix)).join(", ");
    const facts = { count: formatNumber(plan.at_once), mixes: batch };
    if (!plan.at_once) setText(verdict, _("You hold every layer, but the song's rules allow none of your combinations."));
    else if (plan.exact) setText(verdict, plural(plan.combinations, "You can forge this song now: %(count)s at once (%(mixes)s), out of %(num)s combination. It is irreversible.", "You can forge this song now: %(count)s at once (%(mixes)s), out of %(num)s combinations. It is irreversible.", facts));
    else setText(verdict, plural(plan.combinations, "You can forge this song now: at least %(count)s at once (%(mixes)s), out of %(num)s combination. It is irreversible.", "You can forge this song now: at least %(count)s at once (%(mixes)s), out of %(num)s combinations. It is irreversible.", facts));
  }
}

/** @param {HTMLElement} element @param {{ title: string, address: string, cover: string }} facts */
export function showHead(element, { title, address, cover }) {
  const name = part(element, "title", HTMLAnchorElement);
  setText(name, title);
  name.href = siteAddress(address);
  part(element, "cover", HTMLImageElement).src = siteAddress(cover);
}
