// libopus as the npm package opus-decoder carries it (MIT; libopus itself BSD), with many decoders in one instance.
//
// The package's own JavaScript makes an instance of 28 MiB for each decoder and cannot reset one. The names of imports and
// exports, and the layout of the package's struct, are those of the version that the build pins.
import { cosine } from "./cosine.js";

const MOST_PACKET_BYTES = 4096;
const MOST_FRAMES = 5760; // of a packet: 120 ms
const RATE = 48000;
const PCM_WORD = 5; // of the package's struct: its own samples
const STATE_WORD = 7; // and the decoder's state: 27 kB for stereo

/**
 * @typedef {object} Exports of the module, by the package's short names
 * @property {WebAssembly.Memory} g
 * @property {() => void} h constructors
 * @property {(rate: number, channels: number, streams: number, coupled: number, mapping: number, skip: number, gain: number) => number} i create
 * @property {(bytes: number) => number} j malloc
 * @property {(decoder: number, packet: number, bytes: number, output: number) => number} k decode
 * @property {(pointer: number) => void} m free
 */

/**
 * @param {WebAssembly.Module} module
 * @returns {Promise<OpusLibrary>}
 */
export async function loadOpus(module) {
  const fail = () => {
    throw new Error("libopus has aborted");
  };
  const imports = { a: { a: cosine, b: fail, c() {}, d: fail, e: () => 0, f: () => 0 } };
  const { exports } = await WebAssembly.instantiate(module, imports);
  return new OpusLibrary(/** @type {Exports} */ (/** @type {unknown} */ (exports)));
}

export class OpusLibrary {
  /** @type {Map<number, OpusDecoder[]>} */
  #idle = new Map(); // by their number of channels
  #exports;

  /** @param {Exports} exports */
  constructor(exports) {
    exports.h();
    this.#exports = exports;
    this.input = new Uint8Array(exports.g.buffer, exports.j(MOST_PACKET_BYTES), MOST_PACKET_BYTES);
    this.output = new Float32Array(exports.g.buffer, exports.j(2 * 4 * MOST_FRAMES), 2 * MOST_FRAMES);
  }

  /**
   * A decoder in its initial state.
   * @param {number} channels 1 or 2
   */
  take(channels) {
    const decoder = this.#idle.get(channels)?.pop() ?? new OpusDecoder(this, this.#exports, channels);
    decoder.reset();
    return decoder;
  }

  /**
   * Return a decoder, for others to use.
   * @param {OpusDecoder} decoder
   */
  release(decoder) {
    const idle = this.#idle.get(decoder.channels) ?? [];
    this.#idle.set(decoder.channels, [...idle, decoder]);
  }
}

export class OpusDecoder {
  #library;
  #decode;
  #pointer;
  #state; // what libopus keeps from packet to packet
  #initial;

  /** @param {OpusLibrary} library @param {Exports} exports @param {number} channels */
  constructor(library, { g, i: create, j: malloc, k: decode, m: free }, channels) {
    const mapping = malloc(2);
    new Uint8Array(g.buffer).set([0, 1], mapping);
    this.#pointer = create(RATE, channels, 1, channels - 1, mapping, 0, 0);
    free(mapping);
    const words = new Uint32Array(g.buffer);
    const state = words[this.#pointer / 4 + STATE_WORD];
    if (!this.#pointer || !state || !words[this.#pointer / 4 + PCM_WORD]) throw new Error("libopus is out of memory");
    this.#state = new Uint8Array(g.buffer, state, words[state / 4 - 1] - 8); // malloc keeps a block's size before and after it
    this.#initial = this.save();
    this.#library = library;
    this.#decode = decode;
    this.channels = channels;
  }

  /**
   * Decode a packet; return its frames, which are in the library's `output`: all of the left channel, then the right.
   * @param {Uint8Array} packet
   */
  decode(packet) {
    const { input, output } = this.#library;
    if (packet.length > input.length) throw new Error("an Opus packet is too long");
    input.set(packet);
    const frames = this.#decode(this.#pointer, input.byteOffset, packet.length, output.byteOffset);
    if (frames < 0) throw new Error(`libopus reports error ${frames}`);
    return frames;
  }

  /** The state, from which a decoder continues to the bit. */
  save() {
    return this.#state.slice();
  }

  /** @param {Uint8Array} state */
  restore(state) {
    this.#state.set(state);
  }

  reset() {
    this.#state.set(this.#initial);
  }
}
