// Gives the decks their stems, within the memory budget.
/** @import { AnyPart, MixSettings } from "./mix-settings.js" */
/** @import { Decks } from "./decks.js" */
/** @import { PythonDeck } from "./python-deck.js" */
/** @import { Part, Stems } from "./stems.js" */
import { reasonOf } from "../base/errors.js";
import { BUDGET, bytesOf, checkBudget } from "./memory.js";
import { isAudible } from "./mix-settings.js";
import { StreamDeck } from "./stream-deck.js";

const SWAP_SECONDS = 0.5; // of a streamed stem that have to arrive before it replaces another
const BUFFER_SECONDS = 20; // of streamed stems before Python is loaded, which takes the line and the processor for long
const TIDY_SECONDS = 2; // from choosing a stem to evicting unused ones

export class StemSupply {
  #settings;
  #decks;
  #stems;
  #root;
  #onLost;
  #isNeeded;
  /** @type {Set<string>} */
  #failed = new Set(); // streamed stems that could not be loaded
  /** @type {(string | null)[]} */
  #kept = []; // keys of stems that a take plays
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #evicting; // a timer

  /**
   * @param {MixSettings} settings @param {Decks} decks @param {Stems} stems @param {string} root the site's absolute address
   * @param {(key: string, reason: string) => void} onLost called with streamed stems that cannot be heard
   * @param {(key: string) => boolean} isNeeded whether a stem is not to be evicted, though it is not chosen
   */
  constructor(settings, decks, stems, root, onLost, isNeeded) {
    this.#settings = settings;
    this.#decks = decks;
    this.#stems = stems;
    this.#root = root;
    this.#onLost = onLost;
    this.#isNeeded = isNeeded;
  }

  /** Whether a stem could not be loaded. @param {string | null} key */
  hasFailed(key) {
    return key !== null && this.#failed.has(key);
  }

  /**
   * Throw if the stems do not fit in memory. A bounce takes twice as much while it runs.
   * @param {AnyPart[]} parts
   */
  check(parts) {
    checkBudget(this.bytesOf(parts));
  }

  /** Bytes of the parts, decoded; those that are streamed take none. @param {AnyPart[]} parts */
  bytesOf(parts) {
    return this.#decoded(parts).reduce((sum, { channels }) => sum + bytesOf(channels, this.#settings.song.frames), 0);
  }

  /**
   * Load stems into the first deck. One that is streamed and fails costs its row alone.
   * @param {AnyPart[]} parts @param {AbortSignal} signal
   */
  async load(parts, signal) {
    this.check(parts);
    const wanted = parts.filter(isAudible);
    const results = await this.begin(parts);
    signal.throwIfAborted();
    for (const [nth, result] of results.entries()) {
      if (result.status === "rejected") this.lose(wanted[nth].key, reasonOf(result.reason));
    }
  }

  /**
   * The same, without a word of those that fail.
   * @param {AnyPart[]} parts
   */
  async begin(parts) {
    const loads = parts.filter(isAudible).map((part) => this.#loadFirst(part));
    if (!this.#decks.isStreaming) await Promise.all(loads);
    return Promise.allSettled(loads);
  }

  /**
   * Decode stems ahead of time.
   * @param {AnyPart[]} parts
   */
  async decode(parts) {
    await Promise.all(this.#decoded(parts).map((part) => this.#stems.get(part)));
  }

  /**
   * Let Python have stems.
   * @param {PythonDeck} python @param {AnyPart[]} parts
   */
  async give(python, parts) {
    const streamed = this.#decks.isStreaming ? parts.filter(isAudible) : [];
    await Promise.all([
      Promise.allSettled(streamed.map((part) => this.#loadFirst(part))), // what fails is silent
      ...this.#decoded(parts).map((part) => python.load(part.key, () => this.#stems.get(part))),
    ]);
  }

  /**
   * Load a stem into all decks that play, so that it can replace another.
   * @param {Part} part @param {boolean} isPlaying wait until it can be heard
   */
  async add(part, isPlaying) {
    this.check(this.#settings.parts());
    const { python, isStreaming } = this.#decks;
    const loads = [];
    if (isStreaming || this.#decks.isSetUp("first")) loads.push(this.#loadFirst(part));
    if (python && !isStreaming && this.#decks.isSetUp("python")) loads.push(python.load(part.key, () => this.#stems.get(part)));
    await Promise.all(loads);
    this.#failed.delete(part.key);
    if (!this.#settings.parts().some(({ key }) => key === part.key)) this.tidySoon(); // another was chosen meanwhile
    if (isPlaying) await this.#decks.first?.buffer(part.key, SWAP_SECONDS);
  }

  /** Keep stems that are not chosen now: a take will play them. @param {AnyPart[]} parts */
  keep(parts) {
    this.#kept = parts.map(({ key }) => key);
  }

  /** A stem was replaced: release what is needed no longer, in a while. */
  tidySoon() {
    this.releaseCopies();
    clearTimeout(this.#evicting);
    this.#evicting = setTimeout(() => this.#evict().catch(() => {}), 1000 * TIDY_SECONDS); // a deck's loss is reported
  }

  /** Resolves when the first deck has enough to go on while Python is loaded. @param {AnyPart[]} parts */
  async buffer(parts) {
    await Promise.allSettled(parts.filter(isAudible).map(({ key }) => this.#decks.first?.buffer(key, BUFFER_SECONDS)));
  }

  /** Release decoded samples that Python alone plays: it has copied them. */
  releaseCopies() {
    if (!this.#decks.first || this.#decks.isStreaming) this.#stems.clear();
  }

  /**
   * A streamed stem cannot be heard; the others play.
   * @param {string} key @param {string} reason
   */
  lose(key, reason) {
    this.#failed.add(key);
    this.#decks.first?.forget(key);
    this.#onLost(key, reason);
  }

  /** Whether any of the chosen stems can be heard. */
  get isAnyLeft() {
    const chosen = this.#settings.parts().filter(isAudible);
    return !chosen.length || chosen.some(({ key }) => !this.#failed.has(key));
  }

  close() {
    clearTimeout(this.#evicting);
    this.#kept = [];
    this.#failed.clear();
  }

  /** Evict unused stems, down to half of the memory budget. */
  async #evict() {
    const { first, python, isStreaming } = this.#decks;
    const chosen = new Set([...this.#settings.parts().map(({ key }) => key), ...this.#kept]);
    /** @type {Set<string>} */
    const late = new Set(); // that will be unused soon
    /** @param {string} key */
    const isWanted = (key) => chosen.has(key) || (this.#isNeeded(key) && Boolean(late.add(key)));
    const streamed = (await first?.evict(isWanted)) ?? [];
    if (late.size) this.tidySoon();
    if (!python || !this.#decks.isSetUp("python")) return;
    if (isStreaming && streamed.length) await python.unload(streamed);
    await python.evict(BUDGET / 2, isWanted);
  }

  /** @param {Part} part */
  async #loadFirst(part) {
    const first = this.#decks.openFirst();
    await (first instanceof StreamDeck ? first.load(part, this.#root) : first.load(part));
  }

  /** @param {AnyPart[]} parts */
  #decoded(parts) {
    return this.#decks.isStreaming ? [] : parts.filter(isAudible);
  }
}
