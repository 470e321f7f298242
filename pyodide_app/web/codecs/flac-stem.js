// A stem in FLAC: its frames, kept compressed as they arrive, and readers that decode any chunk of its samples.
/** @import { FlacDecoder, FlacLibrary } from "./flac.js" */
/** @import { BlockDecoder } from "./block-stem.js" */
/** @import { StreamInfo } from "./flac-frames.js" */
/** @import { Packet, StemFormat } from "./packets.js" */
import { BlockStem } from "./block-stem.js";
import { joined } from "./bytes.js";
import { FrameSplitter, parseMetadata } from "./flac-frames.js";
import { PacketStore } from "./packets.js";

const WORD_LENGTHS = [16, 24]; // which the library decodes exactly
const MOST_METADATA_BYTES = 1 << 24;

/** The frames of a file. */
export class FlacFile {
  onDamage = () => {}; // called when a frame cannot be decoded
  /** @type {StreamInfo | null} */
  #info = null;
  #format;
  packets = new PacketStore();

  /** @param {StemFormat} format */
  constructor(format) {
    this.#format = format;
    this.channels = format.channels;
    this.frames = format.frames;
  }

  get hasHead() {
    return this.#info !== null;
  }

  get bytes() {
    return this.packets.bytes;
  }

  /**
   * A function that takes bytes of the file, from its beginning or from a frame in its middle.
   * @param {number} offset
   * @returns {(bytes: Uint8Array) => void}
   */
  receiver(offset) {
    let head = new Uint8Array(0);
    let splitter = this.#info && offset > 0 ? new FrameSplitter(this.#info, this.#format.bytes - offset) : null;
    return (bytes) => {
      if (!splitter) {
        if (offset > 0) throw new Error("the beginning of the file is missing");
        head = joined(head, bytes);
        const metadata = parseMetadata(head);
        if (!metadata && head.length < MOST_METADATA_BYTES) return;
        if (!metadata) throw new Error("the metadata are too long");
        this.#info = this.#checked(metadata.info);
        splitter = new FrameSplitter(this.#info, this.#format.bytes - metadata.size);
        bytes = head.subarray(metadata.size);
      }
      for (const { start, end, bytes: body } of splitter.push(bytes)) {
        this.packets.add({ starts: [start, end], offsets: [0, body.length], body });
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

  /** @param {StreamInfo} info */
  #checked(info) {
    for (const key of /** @type {const} */ (["channels", "rate", "frames"])) {
      if (info[key] !== this.#format[key]) throw new Error(`the file has ${key} ${info[key]}, not ${this.#format[key]}`);
    }
    if (!WORD_LENGTHS.includes(info.bits)) throw new Error(`the file has words of ${info.bits} bits`);
    return info;
  }
}

/** @param {FlacLibrary} library @param {FlacFile} file */
export function readFlac(library, file) {
  return new BlockStem(file, new FlacReader(library));
}

/** @implements {BlockDecoder} */
class FlacReader {
  preRoll = 0;
  #library;
  /** @type {FlacDecoder | null} */
  #decoder = null;

  /** @param {FlacLibrary} library */
  constructor(library) {
    this.#library = library;
  }

  /** @param {Packet} packet @param {boolean} isNext */
  decode({ bytes }, isNext) {
    this.#decoder ??= this.#library.open();
    if (!isNext) this.#decoder.reset();
    return this.#decoder.decode(bytes);
  }

  close() {
    this.#decoder?.close();
    this.#decoder = null;
  }
}
