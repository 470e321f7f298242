// A stem in Ogg Opus: its packets, kept compressed as they arrive, and readers that decode any chunk of its samples.
/** @import { OpusDecoder, OpusLibrary } from "./opus.js" */
/** @import { Page } from "./ogg.js" */
/** @import { StemSource } from "../streaming/stem-source.js" */
import { PageSplitter, parseOpusHead } from "./ogg.js";
import { PacketStore } from "./packets.js";

const PACKET_FRAMES = 960; // 20 ms at 48 kHz, as libsndfile writes them; the last may be shorter
const CHUNK_PACKETS = 10;
const HEADER_PAGES = 2;
/** Packets decoded before a chunk that does not follow the last one: after them a decoder gives the bits of a continuous
 * decode (measured at 5,400 places in 90 stems, none of which differed). */
const PRE_ROLL_PACKETS = 60;

/** The packets of a file, by number. */
export class OpusFile {
  preSkip = 0;
  onDamage = () => {}; // called when a packet cannot be decoded
  packets = new PacketStore();
  #hasHead = false;

  /** @param {number} channels @param {number} frames of the stem, at 48 kHz */
  constructor(channels, frames) {
    this.channels = channels;
    this.frames = frames;
  }

  get hasHead() {
    return this.#hasHead;
  }

  get bytes() {
    return this.packets.bytes;
  }

  /** How many packets there are in all. */
  get count() {
    return Math.ceil((this.frames + this.preSkip) / PACKET_FRAMES);
  }

  /**
   * A function that takes bytes of the file, from its beginning or from a page in its middle.
   * @param {number} offset
   * @returns {(bytes: Uint8Array) => void}
   */
  receiver(offset) {
    const splitter = new PageSplitter();
    let headers = offset === 0 ? 0 : HEADER_PAGES;
    return (bytes) => {
      for (const page of splitter.push(bytes)) {
        if (headers === HEADER_PAGES) this.#keep(page);
        else if (headers++ === 0) this.#readHead(page);
      }
    };
  }

  /** @param {number} packet */
  packet(packet) {
    return this.packets.at(packet)?.bytes ?? null;
  }

  /**
   * Whether packets [from, to) have arrived.
   * @param {number} from @param {number} to
   */
  has(from, to) {
    return this.#hasHead && this.packets.arrivedUntil(from) >= to;
  }

  /**
   * The first packet from `packet` on that has not arrived.
   * @param {number} packet
   */
  arrivedUntil(packet) {
    return Math.min(this.packets.arrivedUntil(packet), this.count);
  }

  /** Nothing is forgotten: a minute takes about a megabyte. */
  keepOnly() {}

  /** @param {Page} page */
  #readHead({ body }) {
    const { channels, preSkip } = parseOpusHead(body);
    if (channels !== this.channels) throw new Error(`the file has ${channels} channels, not ${this.channels}`);
    this.preSkip = preSkip;
    this.#hasHead = true;
  }

  /** @param {Page} page */
  #keep({ granule, isLast, body, sizes }) {
    // The last page's granule leaves out what its last packet has beyond the end.
    const end = isLast ? this.count : granule / PACKET_FRAMES;
    const first = end - sizes.length;
    if (!Number.isInteger(first) || first < 0) throw new Error("packets are not of 20 ms");
    const starts = new Uint32Array(sizes.length + 1);
    const offsets = new Uint32Array(sizes.length + 1);
    starts[0] = first;
    for (const [packet, size] of sizes.entries()) {
      starts[packet + 1] = starts[packet] + 1;
      offsets[packet + 1] = offsets[packet] + size;
    }
    this.packets.add({ starts, offsets, body });
  }
}

/** @implements {StemSource} */
export class OpusStem {
  chunkFrames = CHUNK_PACKETS * PACKET_FRAMES;
  #library;
  #file;
  /** @type {OpusDecoder | null} */
  #decoder = null;
  #next = 0; // the packet that continues what the decoder has decoded

  /** @param {OpusLibrary} library @param {OpusFile} file */
  constructor(library, file) {
    this.#library = library;
    this.#file = file;
    this.channels = file.channels;
    this.frames = file.frames;
  }

  get preSkip() {
    return this.#file.preSkip;
  }

  /** @param {number} nth */
  has(nth) {
    const first = nth * CHUNK_PACKETS;
    const isNext = this.#decoder !== null && this.#next === first;
    return this.#file.has(isNext ? first : Math.max(0, first - PRE_ROLL_PACKETS), Math.min(first + CHUNK_PACKETS, this.#file.count));
  }

  /** @param {number} frame */
  arrivedUntil(frame) {
    const packet = this.#file.arrivedUntil(Math.floor((frame + this.preSkip) / PACKET_FRAMES));
    return packet >= this.#file.count ? this.frames : packet * PACKET_FRAMES - this.preSkip;
  }

  /** @param {number} frame */
  preRoll(frame) {
    return Math.max(0, frame - (PRE_ROLL_PACKETS + CHUNK_PACKETS) * PACKET_FRAMES);
  }

  /**
   * Silent before the stem's first frame and after its last, and where the file is damaged.
   * @param {number} nth
   */
  decode(nth) {
    try {
      return this.#decodeChunk(nth);
    } catch {
      this.#file.onDamage();
      return Array.from({ length: this.channels }, () => new Float32Array(this.chunkFrames));
    }
  }

  /** @param {number} nth */
  #decodeChunk(nth) {
    const first = nth * CHUNK_PACKETS;
    this.#seek(first);
    const { output } = this.#library;
    const channels = Array.from({ length: this.channels }, () => new Float32Array(this.chunkFrames));
    const end = Math.min(first + CHUNK_PACKETS, this.#file.count);
    for (let packet = first; packet < end; packet++) {
      const frames = this.#decode(packet);
      const offset = (packet - first) * PACKET_FRAMES;
      channels.forEach((samples, channel) => samples.set(output.subarray(channel * frames, (channel + 1) * frames), offset));
    }
    const from = nth * this.chunkFrames - this.preSkip;
    for (const samples of channels) {
      if (from < 0) samples.fill(0, 0, -from);
      if (from + this.chunkFrames > this.frames) samples.fill(0, Math.max(0, this.frames - from));
    }
    return channels;
  }

  /** Release the decoder. */
  close() {
    if (this.#decoder) this.#library.release(this.#decoder);
    this.#decoder = null;
  }

  /**
   * Seek the decoder to a packet.
   * @param {number} packet
   */
  #seek(packet) {
    if (this.#decoder && this.#next === packet) return;
    this.#decoder ??= this.#library.take(this.channels);
    this.#decoder.reset();
    for (let before = Math.max(0, packet - PRE_ROLL_PACKETS); before < packet; before++) this.#decode(before);
    this.#next = packet;
  }

  /** @param {number} packet */
  #decode(packet) {
    const bytes = this.#file.packet(packet);
    if (!bytes || !this.#decoder) throw new Error(`packet ${packet} has not arrived`);
    this.#next = packet + 1;
    return this.#decoder.decode(bytes);
  }
}
