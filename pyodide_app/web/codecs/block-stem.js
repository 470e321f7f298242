// A stem whose packets decode to blocks of frames: chunks of its samples are put together from them.
/** @import { EncodedFile, Packet, PacketStore } from "./packets.js" */
/** @import { StemSource } from "../streaming/stem-source.js" */

const CHUNK_FRAMES = 9600; // as Python asks for them

/** @typedef {EncodedFile & { channels: number, frames: number, packets: PacketStore }} BlockFile packets by frame */

/**
 * @typedef {object} BlockDecoder
 * @property {number} preRoll frames before a place that have to be there, to decode it
 * @property {(packet: Packet, isNext: boolean) => Float32Array[]} decode planar samples of a packet; isNext: it follows the last one
 * @property {() => void} close
 */

/** @implements {StemSource} */
export class BlockStem {
  preSkip = 0;
  chunkFrames = CHUNK_FRAMES;
  #file;
  #decoder;
  /** @type {{ start: number, end: number, samples: Float32Array[] } | null} */
  #block = null; // the last packet that was decoded; chunks end in the middle of one

  /** @param {BlockFile} file @param {BlockDecoder} decoder */
  constructor(file, decoder) {
    this.#file = file;
    this.#decoder = decoder;
    this.channels = file.channels;
    this.frames = file.frames;
  }

  /** @param {number} nth */
  has(nth) {
    const end = Math.min((nth + 1) * CHUNK_FRAMES, this.frames);
    return this.#file.packets.arrivedUntil(this.preRoll(nth * CHUNK_FRAMES)) >= end;
  }

  /** @param {number} frame */
  arrivedUntil(frame) {
    return Math.min(this.#file.packets.arrivedUntil(frame), this.frames);
  }

  /** @param {number} frame */
  preRoll(frame) {
    return Math.max(0, frame - (frame % CHUNK_FRAMES) - this.#decoder.preRoll);
  }

  /**
   * Silent after the stem's last frame, and where the file is damaged.
   * @param {number} nth
   */
  decode(nth) {
    const channels = Array.from({ length: this.channels }, () => new Float32Array(CHUNK_FRAMES));
    try {
      this.#decodeInto(channels, nth * CHUNK_FRAMES);
    } catch {
      this.#file.onDamage();
    }
    return channels;
  }

  /** Release the decoder. */
  close() {
    this.#decoder.close();
    this.#block = null;
  }

  /** @param {Float32Array[]} channels @param {number} first frame of the stem */
  #decodeInto(channels, first) {
    const last = Math.min(first + CHUNK_FRAMES, this.frames);
    for (let frame = first; frame < last; ) {
      const { start, end, samples } = this.#blockAt(frame);
      const until = Math.min(end, last);
      channels.forEach((target, nth) => target.set(samples[nth].subarray(frame - start, until - start), frame - first));
      frame = until;
    }
  }

  /** @param {number} frame */
  #blockAt(frame) {
    const last = this.#block;
    if (last && frame >= last.start && frame < last.end) return last;
    const packet = this.#file.packets.at(frame);
    if (!packet) throw new Error(`frame ${frame} has not arrived`);
    const { start, end } = packet;
    this.#block = null;
    const samples = this.#decoder.decode(packet, last?.end === start);
    if (samples.length !== this.channels || samples[0].length !== end - start) throw new Error("a packet is damaged");
    this.#block = { start, end, samples };
    return this.#block;
  }
}
