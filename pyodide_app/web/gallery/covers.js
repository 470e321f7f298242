// Covers are drawings, and a browser takes milliseconds for each. So only those on the screen are asked
// for, a few at a time, and none while somebody types; some that were shown before come at once.
const AT_ONCE = 12;
const PAUSE = 200; // milliseconds
const NEAR = "100px 0px";
const KEPT = 400;
const AGAIN = 24; // how many of those kept are shown before a pause
/** Nothing, of the size of a cover: when that takes its place, nothing has to be laid out again. */
const BLANK = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='1000' height='1000'/%3E";

export class Covers {
  #addresses = new WeakMap();
  #wanted = new Set(); // pictures on the screen, in the order in which they came there
  #kept = new Map(); // address -> a picture that holds it
  #coming = 0;
  #resting = 0;
  #again = AGAIN;
  #seen = new IntersectionObserver((entries) => this.#look(entries), { rootMargin: NEAR });

  put(picture, address) {
    if (this.#again > 0 && this.#kept.has(address)) {
      this.#again--;
      picture.src = address;
      return;
    }
    picture.src = BLANK;
    this.#addresses.set(picture, address);
    this.#seen.observe(picture);
  }

  /** Other tokens are shown: wait whether they stay. */
  rest() {
    this.#again = AGAIN;
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => {
      this.#resting = 0;
      this.#fetch();
    }, PAUSE);
  }

  #look(entries) {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) this.#wanted.add(target);
      else this.#wanted.delete(target);
    }
    this.#fetch();
  }

  #fetch() {
    for (const picture of this.#wanted) {
      if (this.#resting || this.#coming >= AT_ONCE) return;
      this.#wanted.delete(picture);
      this.#seen.unobserve(picture);
      if (picture.isConnected) this.#load(picture, this.#addresses.get(picture));
    }
  }

  #load(picture, address) {
    const done = (isLoaded) => {
      this.#coming--;
      if (isLoaded) this.#keep(address, picture);
      this.#fetch();
    };
    this.#coming++;
    picture.addEventListener("load", () => done(true), { once: true });
    picture.addEventListener("error", () => done(false), { once: true });
    picture.src = address;
  }

  #keep(address, picture) {
    this.#kept.set(address, picture);
    if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value);
  }
}
