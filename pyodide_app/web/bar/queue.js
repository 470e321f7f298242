// The queue: tracks, their order, and the position. Pure. Its saved form is validated, since other sites on the
// same host can write it.
//
/** @typedef {{ id: number, address: string }} Entry the queue may hold a track more than once */
/** @typedef {"off" | "all" | "one"} Repeat */
import { isTrack, MAX_TRACKS } from "../saved/track-address.js";

const VERSION = 1;
/** @type {readonly Repeat[]} */
export const REPEATS = ["off", "all", "one"];

export class Queue {
  /** @type {Entry[]} */
  entries = [];
  /** @type {Repeat} */
  repeat = "off";
  volume = 1;
  seconds = 0; // position in the current track
  #current = 0; // entry id; 0: none
  /** @type {number[] | null} */
  #order = null; // entry ids in shuffled order
  #lastId = 0;

  get current() {
    return this.entries.find(({ id }) => id === this.#current) ?? null;
  }

  get shuffled() {
    return this.#order !== null;
  }

  /**
   * Append tracks, up to MAX_TRACKS in total; returns their entries.
   * @param {readonly string[]} addresses
   */
  add(addresses) {
    const room = MAX_TRACKS - this.entries.length;
    const added = addresses.slice(0, room).map((address) => ({ id: ++this.#lastId, address }));
    this.entries.push(...added);
    this.#order?.push(...shuffle(added.map(({ id }) => id)));
    if (!this.current && added.length) this.select(added[0].id);
    return added;
  }

  /**
   * Replace all tracks; the first one becomes current.
   * @param {readonly string[]} addresses
   */
  replace(addresses) {
    this.clear();
    const added = this.add(addresses);
    if (this.shuffled) this.#shuffle();
    return added;
  }

  clear() {
    this.entries = [];
    if (this.#order) this.#order = [];
    this.select(0);
  }

  /** @param {number} id 0: none */
  select(id) {
    this.#current = id;
    this.seconds = 0;
  }

  /**
   * Remove an entry; if it is the current one, the next one becomes current.
   * @param {number} id
   */
  remove(id) {
    if (id === this.#current) {
      const place = this.#ids.indexOf(id);
      this.select(this.#ids[place + 1] ?? this.#ids[place - 1] ?? 0);
    }
    this.entries = this.entries.filter((entry) => entry.id !== id);
    this.#order = this.#order?.filter((other) => other !== id) ?? null;
  }

  /**
   * Move an entry up or down.
   * @param {number} id @param {-1 | 1} by
   */
  move(id, by) {
    const from = this.entries.findIndex((entry) => entry.id === id);
    const to = from + by;
    if (to < 0 || to >= this.entries.length) return;
    [this.entries[from], this.entries[to]] = [this.entries[to], this.entries[from]];
  }

  /** The next entry: after the current one has ended, or when the visitor skips it. */
  next({ ended = false } = {}) {
    if (ended && this.repeat === "one") return this.current;
    const ids = this.#ids;
    const next = ids[ids.indexOf(this.#current) + 1] ?? (this.repeat === "all" ? ids[0] : undefined);
    return this.entries.find(({ id }) => id === next) ?? null;
  }

  previous() {
    const ids = this.#ids;
    const last = ids[ids.indexOf(this.#current) - 1] ?? (this.repeat === "all" ? ids.at(-1) : undefined);
    return this.entries.find(({ id }) => id === last) ?? null;
  }

  /** @param {boolean} on */
  setShuffled(on) {
    if (on) this.#shuffle();
    else this.#order = null;
  }

  /** The queue as JSON, to be saved. */
  serialize() {
    const { entries, repeat, volume, seconds, shuffled } = this;
    const at = Math.max(0, entries.findIndex(({ id }) => id === this.#current));
    const tracks = entries.map(({ address }) => address);
    return JSON.stringify({ v: VERSION, tracks, at, seconds, repeat, volume, shuffled });
  }

  /**
   * Parse a saved queue; anything invalid becomes an empty one.
   * @param {string | null} text
   */
  static parse(text) {
    const queue = new Queue();
    const saved = parseJson(text ?? "");
    if (saved?.v !== VERSION || !Array.isArray(saved.tracks)) return queue;
    queue.add(saved.tracks.filter(isTrack));
    if (queue.entries.length !== saved.tracks.length) return queue; // some were invalid: the position may be wrong
    const current = Number.isSafeInteger(saved.at) ? queue.entries[saved.at] : null;
    if (current) queue.select(current.id);
    if (current && Number.isFinite(saved.seconds) && saved.seconds > 0) queue.seconds = saved.seconds;
    if (REPEATS.includes(saved.repeat)) queue.repeat = saved.repeat;
    if (Number.isFinite(saved.volume) && saved.volume >= 0 && saved.volume <= 1) queue.volume = saved.volume;
    if (saved.shuffled === true) queue.setShuffled(true);
    return queue;
  }

  /**
   * Adopt a queue that another window has saved. Entries that exist here keep their ids; with `stays` the
   * current one stays current, if it is still queued. Anything else, which another site on the same host may have
   * written, is ignored; null clears the queue.
   * @param {string | null} text
   */
  adopt(text, { stays = false } = {}) {
    const read = Queue.parse(text);
    if (text !== null && !read.entries.length) return;
    const current = read.entries.findIndex(({ id }) => id === read.current?.id);
    const present = [...this.entries];
    this.entries = read.entries.map(({ address }) => {
      const nth = present.findIndex((entry) => entry.address === address);
      return nth < 0 ? { id: ++this.#lastId, address } : present.splice(nth, 1)[0];
    });
    if (!stays || !this.current) {
      this.select(this.entries[current]?.id ?? 0);
      this.seconds = read.seconds;
    }
    [this.repeat, this.volume] = [read.repeat, read.volume];
    this.#keepOrder(read.shuffled);
  }

  /**
   * Keep the shuffled order of entries that remain.
   * @param {boolean} shuffled
   */
  #keepOrder(shuffled) {
    if (!shuffled || !this.#order) {
      this.setShuffled(shuffled);
      return;
    }
    const ids = new Set(this.entries.map(({ id }) => id));
    const remaining = this.#order.filter((id) => ids.delete(id));
    this.#order = [...remaining, ...shuffle([...ids])];
  }

  get #ids() {
    return this.#order ?? this.entries.map(({ id }) => id);
  }

  /** Shuffle: the current track first, the others at random. */
  #shuffle() {
    const others = this.entries.map(({ id }) => id).filter((id) => id !== this.#current);
    this.#order = [...(this.#current ? [this.#current] : []), ...shuffle(others)];
  }
}

/**
 * @param {string} text
 * @returns {any} untrusted
 */
function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** @param {number[]} ids */
function shuffle(ids) {
  for (let last = ids.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [ids[last], ids[other]] = [ids[other], ids[last]];
  }
  return ids;
}
