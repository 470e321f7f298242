// What is computed from the whole mix: the exported file, digests, loudness. The first two take lossless stems where there
// are any, and are the same in every browser where stems can be streamed.
/** @import { MixSettings } from "./mix-settings.js" */
/** @import { MixStems, PythonDeck, TakeStems } from "./python-deck.js" */
/** @import { AnyPart } from "./mix-settings.js" */
/** @import { Take } from "../takes/format.js" */
/** @import { StemSupply } from "./stem-supply.js" */
import { FLAC } from "../codecs/media-types.js";
import { OfflineStems } from "./offline-stems.js";
import { isStreamable, mediaTypeOf } from "./stream-workers.js";

/** @typedef {{ signal?: AbortSignal, onProgress?: (done: number) => void }} Watch `onProgress` gets the share done, from 0 to 1 */

export class OfflineMix {
  #settings;
  #supply;
  #stems; // null: the browser decodes them
  #openPython;
  #whyClosed;

  /**
   * @param {MixSettings} settings @param {StemSupply} supply @param {string} root the site's absolute address
   * @param {() => Promise<PythonDeck>} openPython @param {() => unknown} whyClosed the error if Python's deck was closed meanwhile
   */
  constructor(settings, supply, root, openPython, whyClosed) {
    this.#settings = settings;
    this.#supply = supply;
    this.#stems = offlineStems(settings.song, root);
    this.#openPython = openPython;
    this.#whyClosed = whyClosed;
  }

  /** Of the stems while they are rendered: bytes of decoded samples, and of compressed ones. */
  get sizes() {
    return this.#stems?.sizes ?? { bytes: 0, fetched: 0 };
  }

  /** Integrated loudness of the mix with its settings, in LUFS, of the stems that are played. */
  async loudness() {
    const python = await this.#openPython();
    const keys = this.#settings.parts().map(({ key }) => key);
    const { integrated } = await this.#unlessClosed(python, {}, () => python.measure(keys));
    return integrated;
  }

  /**
   * SHA-256 of the mix, as words of 16 or 24 bits; `plain` ignores all settings.
   * @param {number} bits @param {boolean} plain @param {Watch} watch
   */
  digest(bits, plain, watch) {
    return this.#withBestStems(plain, watch, (python, stems, life) => python.digest(bits, plain, stems, life));
  }

  /**
   * The mix with its settings, as a WAV file.
   * @param {number} bits @param {Watch} watch
   */
  bounce(bits, watch) {
    const { tags } = this.#settings;
    return this.#withBestStems(false, watch, (python, stems, life) => python.bounce(bits, tags, stems, life));
  }

  /**
   * The stems of the mix as they are, in an archive.
   * @param {number} bits @param {Watch} watch
   */
  exportStems(bits, watch) {
    const mix = this.#settings.stems;
    return this.#withBestStems(false, watch, (python, stems, life) => python.exportStems(bits, mix, stems, life));
  }

  /**
   * A take as a WAV file.
   * @param {Take} take @param {string} text @param {number} bits @param {Watch} watch
   */
  bounceTake(take, text, bits, watch) {
    const { tags } = this.#settings.song;
    return this.#withStemsOf(take, false, watch, (python, stems, life) => python.bounceTake(bits, text, tags, stems, life));
  }

  /**
   * SHA-256 of a take with all of its stems in full, as words of 24 bits.
   * @param {Take} take @param {string} text @param {Watch} watch
   */
  takeDigest(take, text, watch) {
    return this.#withStemsOf(take, true, watch, (python, stems, life) => python.digestTake(24, text, stems, life));
  }

  /**
   * Give Python the best stems of a take while `act` runs.
   * @template T
   * @param {Take} take @param {boolean} plain @param {Watch} watch
   * @param {(python: PythonDeck, stems: TakeStems, watch: Watch) => Promise<T>} act
   */
  #withStemsOf(take, plain, watch, act) {
    const { parts, keys } = this.#settings.takeParts(take, { lossless: true, plain });
    return this.#withParts(() => parts, watch, (python, { source }, life) => act(python, { keys, source }, life));
  }

  /**
   * Give Python the best stems while `act` runs.
   * @template T
   * @param {boolean} plain @param {Watch} watch @param {(python: PythonDeck, stems: MixStems, watch: Watch) => Promise<T>} act
   */
  #withBestStems(plain, watch, act) {
    return this.#withParts(() => this.#settings.parts({ lossless: true, plain }), watch, act);
  }

  /**
   * @template T
   * @param {() => AnyPart[]} choose called once Python has loaded @param {Watch} watch
   * @param {(python: PythonDeck, stems: MixStems, watch: Watch) => Promise<T>} act
   */
  async #withParts(choose, watch, act) {
    const python = await unlessAborted(this.#openPython(), watch.signal);
    const parts = choose();
    const offline = this.#stems;
    if (offline) return this.#unlessClosed(python, watch, (life) => offline.render(parts, life, (stems, inner) => act(python, stems, inner)));
    this.#supply.check(parts);
    await this.#supply.give(python, parts);
    this.#supply.releaseCopies();
    return this.#unlessClosed(python, watch, (life) => act(python, { keys: parts.map(({ key }) => key) }, life));
  }

  /**
   * What a deck computes; rejects, and ends the work, when it is closed before, since its samples may never come then.
   * @template T
   * @param {PythonDeck} python @param {Watch} watch @param {(watch: Watch) => Promise<T>} act
   * @returns {Promise<T>}
   */
  async #unlessClosed({ life }, { signal, ...watch }, act) {
    signal?.throwIfAborted(); // cancelled while stems were loaded
    if (life.aborted) throw this.#whyClosed();
    const work = new AbortController();
    const closed = new Promise((_resolve, reject) => {
      life.addEventListener("abort", () => reject(this.#whyClosed()), { once: true });
    });
    signal?.addEventListener("abort", () => work.abort(signal.reason), { signal: work.signal });
    try {
      return await Promise.race([act({ ...watch, signal: work.signal }), closed]);
    } finally {
      work.abort();
    }
  }
}

/**
 * What a promise resolves to; rejects if the signal is aborted before.
 * @template T
 * @param {Promise<T>} promise @param {AbortSignal} [signal]
 * @returns {Promise<T>}
 */
async function unlessAborted(promise, signal) {
  if (!signal) return promise;
  const end = new AbortController(); // of listening
  /** @type {Promise<never>} */
  const aborted = new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { signal: end.signal });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    end.abort();
  }
}

/**
 * The stems of a song for what is computed from all of it; null if they cannot be decoded as they arrive.
 * @param {Data.Song} song @param {string} root
 */
function offlineStems(song, root) {
  const { lossless, rate, frames } = song;
  if (lossless) return new OfflineStems(FLAC, lossless, root);
  return isStreamable(song) ? new OfflineStems(mediaTypeOf(song), { rate, frames }, root) : null;
}
