// A stem in Ogg Vorbis: its packets, kept compressed as they arrive, and readers that decode any chunk of its samples.
/** @import { BlockDecoder } from "./block-stem.js" */
/** @import { Page } from "./ogg.js" */
/** @import { Packet, StemFormat } from "./packets.js" */
/** @import { VorbisLibrary } from "./vorbis.js" */
import { BlockStem } from "./block-stem.js";
import { PageSplitter } from "./ogg.js";
import { PacketStore } from "./packets.js";
import { parseIdentification, parseModes } from "./vorbis-headers.js";

const HEADER_PAGES = 2; // libvorbis writes the second and the third header to one page
const BETWEEN = 0.5; // frames
const MOST_BLOCK_FRAMES = 8192; // of a packet: the one before a place is decoded as well

/** The packets of a file, by the frames that they complete: each overlaps half of the one before. */
export class VorbisFile {
  onDamage = () => {}; // called when a packet cannot be decoded
  packets = new PacketStore();
  /** @type {Uint8Array[]} */
  headers = []; // the first and the third packet, once they have arrived
  #format;
  /** @type {(packet: Uint8Array) => number} */
  #blockSize = () => 0;

  /** @param {StemFormat} format */
  constructor(format) {
    this.#format = format;
    this.channels = format.channels;
    this.frames = format.frames;
  }

  get hasHead() {
    return this.headers.length > 0;
  }

  get bytes() {
    return this.packets.bytes;
  }

  /**
   * A function that takes bytes of the file, from its beginning or from a page in its middle.
   * @param {number} offset
   * @returns {(bytes: Uint8Array) => void}
   */
  receiver(offset) {
    const splitter = new PageSplitter();
    let headers = offset === 0 ? 0 : HEADER_PAGES;
    /** @type {Uint8Array} */
    let identification;
    let before = { block: 0, end: offset === 0 ? 0 : -1 }; // of the last packet; -1: unknown
    return (bytes) => {
      for (const page of splitter.push(bytes)) {
        if (headers === HEADER_PAGES) before = this.#keep(page, before);
        else if (headers++ === 0) identification = page.body;
        else this.#readHeaders(identification, page);
      }
    };
  }

  /**
   * Forget what lies outside of all ranges.
   * @param {(readonly [from: number, to: number])[]} ranges of frames
   */
  keepOnly(ranges) {
    this.packets.keepOnly(ranges);
  }

  /** @param {Uint8Array} identification @param {Page} page with the comments and the setup */
  #readHeaders(identification, { body, sizes }) {
    const { channels, rate, blockSizes } = parseIdentification(identification);
    if (channels !== this.channels) throw new Error(`the file has ${channels} channels, not ${this.channels}`);
    if (rate !== this.#format.rate) throw new Error(`the file has ${rate} Hz, not ${this.#format.rate}`);
    const setup = body.subarray(sizes[0]);
    const modes = parseModes(setup);
    const mask = 2 ** Math.ceil(Math.log2(modes.length)) - 1;
    this.#blockSize = (packet) => {
      const isLong = modes[(packet[0] >> 1) & mask];
      if (packet[0] & 1 || isLong === undefined) throw new Error("not an audio packet");
      return blockSizes[isLong ? 1 : 0];
    };
    this.headers = [identification, setup];
  }

  /**
   * Keep a page's packets; returns the last of them.
   * @param {Page} page @param {{ block: number, end: number }} before the last packet of the page before
   */
  #keep({ granule, isLast, body, sizes }, before) {
    const offsets = new Uint32Array(sizes.length + 1);
    const starts = new Float64Array(sizes.length + 1);
    let { block } = before;
    let frames = 0;
    for (const [nth, size] of sizes.entries()) {
      offsets[nth + 1] = offsets[nth] + size;
      const next = this.#blockSize(body.subarray(offsets[nth], offsets[nth + 1]));
      frames += block ? (block + next) / 4 : 0;
      starts[nth + 1] = frames;
      block = next;
    }
    // The last page's position leaves out what its last packet has beyond the end.
    if (isLast && before.end < 0) throw new Error("the last page does not say where it begins");
    const begin = isLast ? before.end : granule - frames;
    for (let nth = 0; nth < starts.length; nth++) starts[nth] += begin;
    // The stream's first packet completes no frame, nor does one that follows an unknown packet: it is found between frames.
    if (!before.block) starts[0] -= BETWEEN;
    this.packets.add({ starts, offsets, body });
    return { block, end: begin + frames };
  }
}

/** @param {VorbisLibrary} library @param {VorbisFile} file */
export function readVorbis(library, file) {
  return new BlockStem(file, new VorbisReader(library, file));
}

/** @implements {BlockDecoder} */
class VorbisReader {
  preRoll = MOST_BLOCK_FRAMES;
  #library;
  #file;

  /** @param {VorbisLibrary} library @param {VorbisFile} file */
  constructor(library, file) {
    this.#library = library;
    this.#file = file;
  }

  /** @param {Packet} packet */
  decode(packet) {
    const decoder = this.#library.decoder(this.#file.headers);
    const { last } = decoder; // perhaps of another stem
    if (last?.source !== this.#file || last.end !== packet.start) {
      const before = this.#file.packets.at(packet.start - BETWEEN);
      if (!before) throw new Error(`the packet before frame ${packet.start} has not arrived`);
      decoder.decode(before.bytes);
    }
    decoder.last = null;
    const samples = decoder.decode(packet.bytes).map((channel) => channel.slice());
    decoder.last = { source: this.#file, end: packet.end };
    return samples;
  }

  close() {}
}
