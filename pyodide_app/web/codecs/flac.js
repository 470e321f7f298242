// libFLAC as the npm package @wasm-audio-decoders/flac carries it (MIT; libFLAC itself BSD).
//
// Many decoders are in one instance. The names of imports and exports, and the order of arguments, are those of the version
// that the build pins.

const MOST_CHANNELS = 8;
const RESULTS = 8; // pointers that the decoder writes to
const [CHANNELS, , BITS, FRAMES, OUTPUT, , ERROR] = [0, 1, 2, 3, 4, 5, 6];

/**
 * @typedef {object} Exports of the module, by the package's short names
 * @property {WebAssembly.Memory} j
 * @property {() => void} k constructors
 * @property {(pointer: number) => void} l free
 * @property {(bytes: number) => number} m malloc
 * @property {(...results: number[]) => number} n create
 * @property {(decoder: number) => void} o destroy
 * @property {(decoder: number, frame: number, bytes: number) => number} p decode; releases the frame
 */

/**
 * @param {WebAssembly.Module} module
 * @returns {Promise<FlacLibrary>}
 */
export async function loadFlac(module) {
  const fail = () => {
    throw new Error("libFLAC has aborted");
  };
  const none = () => 0;
  const imports = { a: { a: fail, b: none, c: fail, d: none, e: none, f: none, g: none, h: none, i: none } };
  const { exports } = await WebAssembly.instantiate(module, imports);
  return new FlacLibrary(/** @type {Exports} */ (/** @type {unknown} */ (exports)));
}

export class FlacLibrary {
  #exports;

  /** @param {Exports} exports */
  constructor(exports) {
    exports.k();
    this.#exports = exports;
  }

  /** A decoder, which decodes frames one after the other. */
  open() {
    return new FlacDecoder(this.#exports);
  }
}

export class FlacDecoder {
  #exports;
  #results; // where the decoder writes: words
  #decoder = 0;

  /** @param {Exports} exports */
  constructor(exports) {
    this.#exports = exports;
    this.#results = exports.m(4 * RESULTS);
    if (!this.#results) throw new Error("libFLAC is out of memory");
  }

  /**
   * Decode the frame that follows the last one, or any frame after a reset; returns planar samples, exactly those of the
   * words.
   * @param {Uint8Array} frame
   * @returns {Float32Array[]}
   */
  decode(frame) {
    const { j: memory, l: free, m: malloc, n: create, p: decode } = this.#exports;
    this.#decoder ||= create(...Array.from({ length: RESULTS }, (_zero, nth) => this.#results + 4 * nth));
    const input = malloc(frame.length);
    if (!input || !this.#decoder) throw new Error("libFLAC is out of memory");
    new Uint8Array(memory.buffer).set(frame, input);
    this.#write(FRAMES, 0);
    decode(this.#decoder, input, frame.length);
    const [channels, bits, count, output, error] = [CHANNELS, BITS, FRAMES, OUTPUT, ERROR].map((nth) => this.#read(nth));
    if (new Uint8Array(memory.buffer)[error] || !count || channels > MOST_CHANNELS) {
      this.reset();
      throw new Error("libFLAC cannot decode a frame");
    }
    const samples = Array.from({ length: channels }, (_zero, nth) => exact(new Float32Array(memory.buffer, output + 4 * nth * count, count), bits));
    free(output);
    return samples;
  }

  /** Forget the last frame: libFLAC fills a gap in their numbers with silence. */
  reset() {
    if (this.#decoder) this.#exports.o(this.#decoder);
    this.#decoder = 0;
  }

  close() {
    this.reset();
    this.#exports.l(this.#results);
  }

  /** @param {number} nth */
  #read(nth) {
    return new Uint32Array(this.#exports.j.buffer)[this.#results / 4 + nth];
  }

  /** @param {number} nth @param {number} value */
  #write(nth, value) {
    new Uint32Array(this.#exports.j.buffer)[this.#results / 4 + nth] = value;
  }
}

/**
 * Samples whose full scale is a power of two, as libsndfile's are: the package divides words by one less, and rounds. The
 * words can be told from that: the error is less than half a word.
 * @param {Float32Array} scaled @param {number} bits
 */
function exact(scaled, bits) {
  const fullScale = 2 ** (bits - 1);
  const samples = new Float32Array(scaled.length);
  // no Float32Array.from: it takes ten times as long
  for (let nth = 0; nth < samples.length; nth++) samples[nth] = Math.round(scaled[nth] * (fullScale - 1)) / fullScale;
  return samples;
}
