// What is to be played, in which order, and the place in it. Pure: what it is kept as is checked here,
// for other sites on the same host can write it.
//
/** @typedef {{ id: number, address: string }} Entry a track may stand in the queue more than once */
/** @typedef {"off" | "all" | "one"} Repeat */
import { isTrack } from "./tracks.js";

const VERSION = 1;
export const MAX_TRACKS = 500; // tracks of a queue, or of a playlist
/** @type {readonly Repeat[]} */
export const REPEATS = ["off", "all", "one"];

export class Queue {
  /** @type {Entry[]} */
  entries = [];
  /** @type {Repeat} */
  repeat = "off";
  volume = 1;
  seconds = 0; // where the current track is
  #current = 0; // its id; 0 where there is none
  /** @type {number[] | null} */
  #order = null; // ids in the order that shuffling gave them
  #lastId = 0;

  get current() {
    return this.entries.find(({ id }) => id === this.#current) ?? null;
  }

  get shuffled() {
    return this.#order !== null;
  }

  /**
   * Put tracks at the end, as many as there is room for; return their entries.
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
   * Hold these tracks and no others, and begin with the first.
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

  /** @param {number} id 0 for none */
  select(id) {
    this.#current = id;
    this.seconds = 0;
  }

  /**
   * Take an entry out; where it is the current one, the one after it is next.
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

  /** The entry that is next: after the current one's end, or because the visitor wants it. */
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

  /** The queue as text, to be kept. */
  serialize() {
    const { entries, repeat, volume, seconds, shuffled } = this;
    const at = Math.max(0, entries.findIndex(({ id }) => id === this.#current));
    const tracks = entries.map(({ address }) => address);
    return JSON.stringify({ v: VERSION, tracks, at, seconds, repeat, volume, shuffled });
  }

  /**
   * Read what was kept; what is no queue is an empty one.
   * @param {string | null} text
   */
  static parse(text) {
    const queue = new Queue();
    const saved = parseJson(text ?? "");
    if (saved?.v !== VERSION || !Array.isArray(saved.tracks)) return queue;
    queue.add(saved.tracks.filter(isTrack));
    if (queue.entries.length !== saved.tracks.length) return queue; // the place in it is another's
    const current = Number.isSafeInteger(saved.at) ? queue.entries[saved.at] : null;
    if (current) queue.select(current.id);
    if (current && Number.isFinite(saved.seconds) && saved.seconds > 0) queue.seconds = saved.seconds;
    if (REPEATS.includes(saved.repeat)) queue.repeat = saved.repeat;
    if (Number.isFinite(saved.volume) && saved.volume >= 0 && saved.volume <= 1) queue.volume = saved.volume;
    if (saved.shuffled === true) queue.setShuffled(true);
    return queue;
  }

  /**
   * Be as another window has left it. Entries that are here stay the same; with `stays` the current one
   * keeps its position, if it is still there.
   * @param {string | null} text
   */
  adopt(text, { stays = false } = {}) {
    const read = Queue.parse(text);
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
   * Keep the shuffled order, as far as there is one.
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

  /** The current track first, the others at random. */
  #shuffle() {
    const others = this.entries.map(({ id }) => id).filter((id) => id !== this.#current);
    this.#order = [...(this.#current ? [this.#current] : []), ...shuffle(others)];
  }
}

/**
 * @param {string} text
 * @returns {any} whatever somebody has kept there
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
