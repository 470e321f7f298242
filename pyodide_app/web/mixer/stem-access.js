// What the visitor may hear of a mixer's stems, shown in its rows: those that they hold come first and are marked; for the
// others the site's [audio] locked applies.
/** @import { Holding } from "../tokens/ownership.js" */
/** @import { MixerRow } from "./row.js" */
import { ACCESS } from "../tokens/access-words.js";
import { access, owned } from "../tokens/ownership.js";
import { find, setText } from "../base/dom.js";
import { _ } from "../language/phrases.js";

export class StemAccess {
  /** @type {Readonly<Holding>} */
  holding = owned();
  #mixer;

  /** @param {HTMLElement} mixer its data-slug names the song */
  constructor(mixer) {
    this.#mixer = mixer;
  }

  /**
   * The visitor's access to a stem.
   * @param {string} layer @param {string} stem
   */
  of(layer, stem) {
    const { slug, locked } = this.#mixer.dataset;
    return access(this.holding, `${slug}/${layer}/${stem}`, /** @type {Data.Access} */ (locked));
  }

  /** @param {MixerRow} row */
  show({ element, layer, stem }) {
    const allowed = stem.value ? this.of(layer, stem.value) : "open"; // nothing is heard of a layer that is left out
    element.dataset.access = allowed;
    setText(find(element, ".access"), ACCESS[allowed]);
  }

  /**
   * Mark the stems that the visitor holds, and list them first.
   * @param {Data.Song} song @param {readonly MixerRow[]} rows
   */
  sort({ slug, layers }, rows) {
    if (slug !== this.#mixer.dataset.slug) return; // another song was chosen meanwhile
    for (const [nth, layer] of layers.entries()) {
      const { stem } = rows[nth];
      /** @param {HTMLOptionElement} option */
      const isOwned = ({ value }) => this.holding.stems.has(`${slug}/${layer.slug}/${value}`);
      for (const option of stem.options) {
        if (!option.value) continue; // the layer is left out
        const name = layer.stems.find((other) => other.slug === option.value)?.name ?? option.value;
        option.text = isOwned(option) ? _("%(stem)s · yours", { stem: name }) : name;
      }
      const chosen = stem.value;
      stem.append(...[...stem.options].sort((one, other) => Number(isOwned(other)) - Number(isOwned(one))));
      stem.value = chosen;
    }
  }
}
