// Loads covers lazily: they are SVGs, and rendering one takes milliseconds. Only visible ones are loaded, a few at
import { anySignal } from "../base/signals.js";
// a time, and none while the visitor types; some of those shown before are reused at once.
const AT_ONCE = 12;
const PAUSE = 200; // milliseconds
const NEAR = "100px 0px";
const MAX_LOADED = 400;
const MAX_REUSED = 24; // covers reused at once, per search
/** A blank image of a cover's size, so that loading the cover causes no layout. */
const BLANK = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='1000' height='1000'/%3E";

export class Covers {
  /** @type {WeakMap<HTMLImageElement, string>} */
  #addresses = new WeakMap();
  /** @type {Set<HTMLImageElement>} */
  #wanted = new Set(); // visible pictures, in order of appearance
  /** @type {Map<string, HTMLImageElement>} */
  #loaded = new Map(); // pictures by the address of their cover
  #loading = 0;
  #resting = 0; // a timer
  #reusesLeft = MAX_REUSED;
  #seen = new IntersectionObserver((entries) => this.#updateWanted(entries), { rootMargin: NEAR });
  #life;

  /** @param {AbortSignal} life */
  constructor(life) {
    this.#life = life;
    life.addEventListener("abort", () => {
      clearTimeout(this.#resting);
      this.#seen.disconnect();
    });
  }

  /** @param {HTMLImageElement} picture @param {string} address */
  show(picture, address) {
    if (this.#reusesLeft > 0 && this.#loaded.has(address)) {
      this.#reusesLeft--;
      picture.src = address;
      return;
    }
    picture.src = BLANK;
    this.#addresses.set(picture, address);
    this.#seen.observe(picture);
  }

  /** Wait a moment before loading: the visitor may still be typing. */
  pause() {
    this.#reusesLeft = MAX_REUSED;
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => {
      this.#resting = 0;
      this.#fetch();
    }, PAUSE);
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #updateWanted(entries) {
    for (const { target, isIntersecting } of entries) {
      const picture = /** @type {HTMLImageElement} */ (target);
      if (isIntersecting) this.#wanted.add(picture);
      else this.#wanted.delete(picture);
    }
    this.#fetch();
  }

  #fetch() {
    for (const picture of this.#wanted) {
      if (this.#resting || this.#loading >= AT_ONCE) return;
      this.#wanted.delete(picture);
      this.#seen.unobserve(picture);
      const address = this.#addresses.get(picture);
      if (picture.isConnected && address) this.#load(picture, address);
    }
  }

  /** @param {HTMLImageElement} picture @param {string} address */
  #load(picture, address) {
    const settled = new AbortController();
    const signal = anySignal(settled.signal, this.#life);
    /** @param {boolean} isLoaded */
    const settle = (isLoaded) => {
      settled.abort();
      this.#loading--;
      if (isLoaded) this.#remember(address, picture);
      this.#fetch();
    };
    this.#loading++;
    picture.addEventListener("load", () => settle(true), { signal });
    picture.addEventListener("error", () => settle(false), { signal });
    picture.src = address;
  }

  /** @param {string} address @param {HTMLImageElement} picture */
  #remember(address, picture) {
    this.#loaded.set(address, picture);
    const [oldest] = this.#loaded.keys();
    if (this.#loaded.size > MAX_LOADED) this.#loaded.delete(oldest);
  }
}
