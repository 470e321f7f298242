// Covers are drawings, and a browser takes milliseconds for each. So only those on the screen are asked
// for, a few at a time, and none while somebody types; some that were shown before come at once.
const AT_ONCE = 12;
const PAUSE = 200; // milliseconds
const NEAR = "100px 0px";
const MAX_LOADED = 400;
const MAX_REUSED = 24; // how many of those kept are shown before a pause
/** Nothing, of the size of a cover: when that takes its place, nothing has to be laid out again. */
const BLANK = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='1000' height='1000'/%3E";

export class Covers {
  /** @type {WeakMap<HTMLImageElement, string>} */
  #addresses = new WeakMap();
  /** @type {Set<HTMLImageElement>} */
  #wanted = new Set(); // pictures on the screen, in the order in which they came there
  /** @type {Map<string, HTMLImageElement>} */
  #loaded = new Map(); // pictures by the address that they hold
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

  /** Other tokens are shown: wait whether they stay. */
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
    const signal = AbortSignal.any([settled.signal, this.#life]);
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
