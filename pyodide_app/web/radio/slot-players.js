// Players of slots: made when a slot begins, or ahead of it.
/** @import { Slot } from "./schedule.js" */
import { loadJson } from "../base/dom.js";
import { isSame } from "./schedule.js";
import { SlotPlayer } from "./slot-player.js";

export class SlotPlayers {
  #owner;
  #accessOf;
  #previewSeconds;
  /** @type {{ slot: Slot, player: Promise<SlotPlayer> } | null} */
  #ahead = null;

  /**
   * @param {SlotPlayer["player"]["owner"]} owner whose sound it is
   * @param {(stem: string) => Data.Access} accessOf how much is heard of a stem, "song/layer/stem"
   * @param {number} previewSeconds length of previews
   */
  constructor(owner, accessOf, previewSeconds) {
    this.#owner = owner;
    this.#accessOf = accessOf;
    this.#previewSeconds = previewSeconds;
  }

  /** The rate of the song that has been prepared, in Hz. */
  get rateAhead() {
    return this.#ahead?.slot.song.rate;
  }

  /**
   * A player for a slot: the one that was prepared, or a new one.
   * @param {Slot} slot
   */
  take(slot) {
    const ahead = this.#ahead;
    this.#ahead = null;
    return ahead && isSame(ahead.slot, slot) ? ahead.player.catch(() => this.#make(slot)) : this.#make(slot);
  }

  /**
   * Load the next song, if memory permits.
   * @param {Slot} slot @param {number} room in bytes
   */
  prepare(slot, room) {
    if (this.#ahead) return;
    const player = this.#make(slot).then(async (next) => {
      await next.player.preload(room);
      return next;
    });
    player.catch(() => {}); // tried again when its turn comes
    this.#ahead = { slot, player };
  }

  clear() {
    this.#ahead = null;
  }

  /** @param {Slot} slot */
  async #make(slot) {
    const { slug } = slot.song;
    /** @type {Data.Song} */
    const song = await loadJson(`data/songs/${slug}.json`);
    const player = new SlotPlayer(slot, song, (layer, stem) => this.#accessOf(`${slug}/${layer}/${stem}`), this.#previewSeconds);
    player.player.owner = this.#owner;
    return player;
  }
}
