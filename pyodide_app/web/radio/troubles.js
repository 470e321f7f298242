// Stems that cannot be heard, and why. A stem is "song/layer/stem".
/** @import { Slot } from "./schedule.js" */
import { reasonOf } from "../base/errors.js";
import { _ } from "../language/phrases.js";
import { StemError } from "../playback/stems.js";

export class Troubles {
  /** @type {Set<string>} */
  #leftOut = new Set(); // could not be loaded, in a song that is decoded at once
  /** @type {Map<string, string>} */
  #reasons = new Map(); // in a sentence, by stem

  clear() {
    this.#leftOut.clear();
    this.#reasons.clear();
  }

  /** @param {string} stem */
  isLeftOut(stem) {
    return this.#leftOut.has(stem);
  }

  /**
   * Leave out the stem that an error is of; returns false if it is of none, or of one that is left out.
   * @param {Slot} slot @param {unknown} error
   */
  leaveOut(slot, error) {
    if (!(error instanceof StemError) || !error.key) return false;
    const key = error.key.split(":")[0];
    const stem = `${slot.song.slug}/${key}`;
    if (this.#leftOut.has(stem)) return false;
    this.#leftOut.add(stem);
    this.note(slot, key, reasonOf(error.cause));
    return true;
  }

  /** @param {Slot} slot @param {string} key "layer/stem" @param {string} reason */
  note({ song }, key, reason) {
    const [layer, stem] = key.split("/");
    const { name } = song.layers.find(({ slug }) => slug === layer)?.stems.find(({ slug }) => slug === stem) ?? { name: stem };
    this.#reasons.set(`${song.slug}/${key}`, _("Can't play the stem %(stem)s: %(reason)s", { stem: name, reason }));
  }

  /**
   * Why a stem cannot be heard, in a sentence; "" if it can.
   * @param {Data.RadioSong} song @param {number} row @param {number} nth of the layer's stems, or LEFT_OUT
   */
  of({ slug, layers }, row, nth) {
    const layer = layers[row];
    return this.#reasons.get(`${slug}/${layer.slug}/${layer.stems[nth]?.slug}`) ?? "";
  }

  /** Why a stem of a slot cannot be heard, in a sentence; "" if all can. @param {Slot} slot */
  in({ song, first, changes }) {
    const chosen = [...first.map((nth, row) => ({ row, nth })), ...changes];
    return chosen.map(({ row, nth }) => this.of(song, row, nth)).find(Boolean) ?? "";
  }

  /** Another song begins: what could not be streamed is tried again the next time. */
  forgetStreamed() {
    for (const stem of this.#reasons.keys()) if (!this.#leftOut.has(stem)) this.#reasons.delete(stem);
  }
}
