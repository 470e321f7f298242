// What is computed from the whole mix, with lossless stems where there are any: the exported file, digests, loudness.
/** @import { Keys } from "./messages.js" */
/** @import { MixSettings } from "./mix-settings.js" */
/** @import { PythonDeck } from "./python-deck.js" */
/** @import { StemSupply } from "./stem-supply.js" */
import { LOSSLESS } from "./mix-settings.js";

/** @typedef {{ signal?: AbortSignal, onProgress?: (done: number) => void }} Watch `onProgress` gets the share done, from 0 to 1 */

export class OfflineMix {
  #settings;
  #supply;
  #openPython;
  #whyClosed;

  /**
   * @param {MixSettings} settings @param {StemSupply} supply
   * @param {() => Promise<PythonDeck>} openPython @param {() => unknown} whyClosed the error if Python's deck was closed meanwhile
   */
  constructor(settings, supply, openPython, whyClosed) {
    this.#settings = settings;
    this.#supply = supply;
    this.#openPython = openPython;
    this.#whyClosed = whyClosed;
  }

  /** Integrated loudness of the mix with its settings, in LUFS, of the stems that are played. */
  async loudness() {
    const python = await this.#openPython();
    const { integrated } = await this.#unlessClosed(python, python.measure(this.#settings.parts().map(({ key }) => key)));
    return integrated;
  }

  /**
   * SHA-256 of the mix, as words of 16 or 24 bits; `plain` ignores all settings.
   * @param {number} bits @param {boolean} plain @param {Watch} watch
   */
  digest(bits, plain, watch) {
    return this.#withBestStems(plain, (python, keys) => python.digest(bits, keys, plain, watch));
  }

  /**
   * The mix with its settings, as a WAV file.
   * @param {number} bits @param {Watch} watch
   */
  bounce(bits, watch) {
    const { tags } = this.#settings;
    return this.#withBestStems(false, (python, keys) => python.bounce(bits, keys, tags, watch));
  }

  /**
   * Load lossless stems, where there are any, into Python while `act` runs.
   * @template T
   * @param {boolean} plain @param {(python: PythonDeck, keys: Keys) => Promise<T>} act
   */
  async #withBestStems(plain, act) {
    const python = await this.#openPython();
    const parts = this.#settings.parts({ lossless: true, plain });
    this.#supply.check(parts);
    await this.#supply.give(python, parts);
    this.#supply.releaseCopies();
    const keys = parts.map(({ key }) => key);
    try {
      return await this.#unlessClosed(python, act(python, keys));
    } finally {
      const lossless = keys.filter((key) => key !== null).filter((key) => key.endsWith(LOSSLESS));
      if (!python.life.aborted) await python.unload(lossless);
    }
  }

  /**
   * What a deck computes; rejects when it is closed before, since its samples may never come then.
   * @template T
   * @param {PythonDeck} python @param {Promise<T>} result
   * @returns {Promise<T>}
   */
  #unlessClosed({ life }, result) {
    return new Promise((resolve, reject) => {
      if (life.aborted) reject(this.#whyClosed());
      result.then(resolve, reject);
      life.addEventListener("abort", () => reject(this.#whyClosed()), { once: true });
    });
  }
}
