// libvorbis as the npm package @wasm-audio-decoders/ogg-vorbis carries it (MIT; libvorbis itself BSD).
//
// A decoder's code books take much memory, and it remembers one packet alone. So all stems with the same headers share a
// decoder. The names of imports and exports, and the order of arguments, are those of the version that the build pins.

const MOST_PACKET_BYTES = 1 << 16;
const MOST_ERRORS = 64; // words that the decoder may write
const RESULTS = 6; // words: bytes of input, output, channels, rate, frames, number of errors
const [BYTES, OUTPUT, CHANNELS, , FRAMES, ERRORS] = Array.from({ length: RESULTS }, (_zero, nth) => nth);

/**
 * @typedef {object} Exports of the module, by the package's short names
 * @property {WebAssembly.Memory} l
 * @property {() => void} m constructors
 * @property {(input: number, bytes: number, output: number, channels: number, rate: number, frames: number, errors: number, errorCount: number, most: number) => number} n create
 * @property {(bytes: number) => number} o malloc
 * @property {(decoder: number, isFirst: number) => void} p read a header
 * @property {(decoder: number) => void} q begin to decode
 * @property {(decoder: number) => void} r decode
 */

/**
 * @param {WebAssembly.Module} module
 * @returns {Promise<VorbisLibrary>}
 */
export async function loadVorbis(module) {
  const fail = () => {
    throw new Error("libvorbis has aborted");
  };
  const { atan, cos, exp, log, pow, sin } = Math;
  const imports = { a: { a: cos, b: atan, c: sin, d() {}, e: fail, f: () => 0, g: pow, h: log, i: exp, j: fail, k: () => 0 } };
  const { exports } = await WebAssembly.instantiate(module, imports);
  return new VorbisLibrary(/** @type {Exports} */ (/** @type {unknown} */ (exports)));
}

export class VorbisLibrary {
  #exports;
  /** @type {Map<string, VorbisDecoder>} */
  #decoders = new Map(); // by their headers

  /** @param {Exports} exports */
  constructor(exports) {
    exports.m();
    this.#exports = exports;
  }

  /**
   * The decoder for a stream.
   * @param {Uint8Array[]} headers its first and its third packet
   */
  decoder(headers) {
    const key = headers.map((header) => header.join()).join(";");
    const decoder = this.#decoders.get(key) ?? new VorbisDecoder(this.#exports, headers);
    this.#decoders.set(key, decoder);
    return decoder;
  }
}

export class VorbisDecoder {
  /**
   * What was decoded last, for those who share the decoder.
   * @type {{ source: object, end: number } | null}
   */
  last = null;
  #exports;
  #decoder;
  #input;
  #results;

  /** @param {Exports} exports @param {Uint8Array[]} headers */
  constructor(exports, headers) {
    const { n: create, o: malloc, p: readHeader, q: begin } = exports;
    this.#exports = exports;
    this.#input = malloc(MOST_PACKET_BYTES);
    this.#results = malloc(4 * RESULTS);
    const errors = malloc(4 * MOST_ERRORS);
    if (!this.#input || !this.#results || !errors) throw new Error("libvorbis is out of memory");
    const [bytes, output, channels, rate, frames, errorCount] = Array.from({ length: RESULTS }, (_zero, nth) => this.#results + 4 * nth);
    this.#decoder = create(this.#input, bytes, output, channels, rate, frames, errors, errorCount, MOST_ERRORS);
    for (const [nth, header] of headers.entries()) {
      this.#write(header);
      readHeader(this.#decoder, nth === 0 ? 1 : 0);
    }
    begin(this.#decoder);
    this.#throwErrors();
  }

  /**
   * Decode a packet; returns planar samples, valid until the next call. After a jump those of the first packet are wrong.
   * @param {Uint8Array} packet
   */
  decode(packet) {
    this.#write(packet);
    this.#exports.r(this.#decoder);
    this.#throwErrors();
    const words = this.#words;
    const pointers = words.subarray(words[OUTPUT + this.#results / 4] / 4);
    const [channels, frames] = [words[CHANNELS + this.#results / 4], words[FRAMES + this.#results / 4]];
    return Array.from({ length: channels }, (_zero, nth) => new Float32Array(this.#exports.l.buffer, frames ? pointers[nth] : 0, frames));
  }

  get #words() {
    return new Uint32Array(this.#exports.l.buffer);
  }

  /** @param {Uint8Array} packet */
  #write(packet) {
    if (packet.length > MOST_PACKET_BYTES) throw new Error("a Vorbis packet is too long");
    new Uint8Array(this.#exports.l.buffer).set(packet, this.#input);
    this.#words[BYTES + this.#results / 4] = packet.length;
  }

  #throwErrors() {
    const index = ERRORS + this.#results / 4;
    const count = this.#words[index];
    this.#words[index] = 0;
    if (count) throw new Error("libvorbis cannot decode a packet");
  }
}
