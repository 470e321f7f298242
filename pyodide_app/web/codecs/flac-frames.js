// Frames of a FLAC stream (RFC 9639), split off as their bytes arrive.
//
// Nothing says how long a frame is: it ends where its CRC-16 comes out right and another frame's header follows. Bytes that
// only look like a header are common in audio data.

import { joined } from "./bytes.js";

const MARKER = 0x664c6143; // "fLaC"
const STREAM_INFO_BYTES = 34;
const BLOCK_HEADER_BYTES = 4;
const LAST_BLOCK = 0x80; // a flag of a metadata block's header
const MOST_HEADER_BYTES = 16; // of a frame
const CHANNELS = [1, 2, 3, 4, 5, 6, 7, 8, 2, 2, 2]; // by the header's code
const BITS = [0, 8, 12, -1, 16, 20, 24, 32]; // 0: as the stream says
const CRC8 = crcTable(8, 0x07);
const CRC16 = crcTable(16, 0x8005);

/**
 * @typedef {object} StreamInfo
 * @property {number} blockSize in frames; the last block may be shorter
 * @property {number} rate in Hz
 * @property {number} channels
 * @property {number} bits of a word
 * @property {number} frames of the stream, in the sense of samples; 0: unknown
 */

/** @typedef {{ start: number, end: number, bytes: Uint8Array }} FlacFrame its samples are numbers [start, end) of the stream */

/** @typedef {{ number: number, blockSize: number, isVariable: boolean, size: number }} Header number: of the frame, or of its first sample if block sizes vary */

/**
 * Read the metadata at the beginning of a file; null if not all of it is there.
 * @param {Uint8Array} data
 * @returns {{ info: StreamInfo, size: number } | null} size of the metadata, in bytes
 */
export function parseMetadata(data) {
  if (data.length < 4) return null;
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  if (view.getUint32(0) !== MARKER) throw new Error("not a FLAC stream");
  let offset = 4;
  for (let isLast = false; !isLast; ) {
    if (offset + BLOCK_HEADER_BYTES > data.length) return null;
    isLast = (data[offset] & LAST_BLOCK) > 0;
    offset += BLOCK_HEADER_BYTES + (view.getUint32(offset) & 0xffffff);
  }
  if (offset > data.length) return null;
  if (offset < 8 + STREAM_INFO_BYTES || (data[4] & ~LAST_BLOCK) !== 0) throw new Error("a FLAC stream without its format");
  return { info: parseStreamInfo(new DataView(data.buffer, data.byteOffset + 8, STREAM_INFO_BYTES)), size: offset };
}

/**
 * @param {DataView} view
 * @returns {StreamInfo}
 */
function parseStreamInfo(view) {
  const packed = view.getUint32(10); // 20 bits of rate, 3 of channels, 5 of word length, 4 of the number of samples
  return {
    blockSize: view.getUint16(0),
    rate: packed >>> 12,
    channels: ((packed >> 9) & 7) + 1,
    bits: ((packed >> 4) & 31) + 1,
    frames: (packed & 15) * 2 ** 32 + view.getUint32(14),
  };
}

/** Splits bytes that begin with a frame, in pieces of any size, into frames. */
export class FrameSplitter {
  #info;
  #left; // bytes of the file that have not arrived
  #data = new Uint8Array(0); // from the first frame on that is not complete
  /** @type {Header | null} */
  #header = null; // of that frame
  #scanned = 0; // its bytes that `crc` covers
  #crc = 0;

  /** @param {StreamInfo} info @param {number} bytes from the frame to the end of the file */
  constructor(info, bytes) {
    this.#info = info;
    this.#left = bytes;
  }

  /**
   * Return the frames that are complete now.
   * @param {Uint8Array} bytes
   */
  push(bytes) {
    this.#left -= bytes.length;
    this.#data = joined(this.#data, bytes);
    /** @type {FlacFrame[]} */
    const frames = [];
    for (let size = this.#nextSize(); size > 0; size = this.#nextSize()) frames.push(this.#take(size));
    return frames;
  }

  /** Size of the first frame; 0 if not all of it is there. */
  #nextSize() {
    const data = this.#data;
    if (!data.length || (this.#left > 0 && data.length < MOST_HEADER_BYTES)) return 0;
    this.#header ??= this.#parse(0);
    if (!this.#header) throw new Error("a FLAC frame was expected");
    const end = this.#left > 0 ? data.length - MOST_HEADER_BYTES : data.length;
    let crc = this.#crc;
    let offset = this.#scanned;
    for (; offset < end; offset++) {
      if (crc === 0 && data[offset] === 0xff && offset > 0 && this.#parse(offset)) break;
      crc = ((crc << 8) & 0xffff) ^ CRC16[(crc >> 8) ^ data[offset]];
    }
    [this.#crc, this.#scanned] = [crc, offset];
    if (offset < end) return offset;
    if (this.#left <= 0 && crc === 0) return offset; // the last one
    if (this.#left <= 0 || offset > this.#mostBytes(this.#header)) throw new Error("a FLAC frame is damaged");
    return 0;
  }

  /** @param {number} size @returns {FlacFrame} */
  #take(size) {
    const { number, blockSize, isVariable } = /** @type {Header} */ (this.#header);
    const start = isVariable ? number : number * this.#info.blockSize;
    const end = start + blockSize;
    if (this.#info.frames && end > this.#info.frames) throw new Error("a FLAC frame lies after the end");
    const bytes = this.#data.slice(0, size);
    this.#data = this.#data.subarray(size);
    this.#header = null;
    this.#crc = this.#scanned = 0;
    return { start, end, bytes };
  }

  /**
   * The frame header at an offset; null if there is none that fits the stream.
   * @param {number} offset
   */
  #parse(offset) {
    const header = parseHeader(this.#data, offset);
    return header && header.channels === this.#info.channels && [0, this.#info.bits].includes(header.bits) ? header : null;
  }

  /**
   * No encoder makes longer frames: twice the size of the samples.
   * @param {Header} header
   */
  #mostBytes({ blockSize }) {
    return 64 + (2 * blockSize * this.#info.channels * this.#info.bits) / 8;
  }
}

/**
 * @param {Uint8Array} data @param {number} offset
 * @returns {Header & { channels: number, bits: number } | null}
 */
function parseHeader(data, offset) {
  if (data[offset] !== 0xff || (data[offset + 1] & 0xfe) !== 0xf8) return null;
  const [sizeCode, rateCode] = [data[offset + 2] >> 4, data[offset + 2] & 15];
  const [channels, bits] = [CHANNELS[data[offset + 3] >> 4], BITS[(data[offset + 3] >> 1) & 7]];
  if (!sizeCode || rateCode === 15 || !channels || bits < 0 || data[offset + 3] & 1) return null;
  const coded = parseNumber(data, offset + 4);
  if (!coded) return null;
  const sizeBytes = sizeCode === 6 ? 1 : sizeCode === 7 ? 2 : 0;
  const rateBytes = rateCode === 12 ? 1 : rateCode > 12 ? 2 : 0;
  const end = coded.end + sizeBytes + rateBytes;
  let crc = 0;
  for (let index = offset; index < end; index++) crc = CRC8[crc ^ data[index]];
  if (crc !== data[end]) return null;
  const blockSize = sizeBytes ? 1 + readBigEndian(data, coded.end, sizeBytes) : sizeCode === 1 ? 192 : sizeCode < 6 ? 576 << (sizeCode - 2) : 256 << (sizeCode - 8);
  return { number: coded.number, blockSize, isVariable: (data[offset + 1] & 1) > 0, size: end + 1 - offset, channels, bits };
}

/**
 * A number in UTF-8's code, extended to 36 bits.
 * @param {Uint8Array} data @param {number} offset
 */
function parseNumber(data, offset) {
  const first = data[offset];
  const ones = Math.clz32(~(first << 24));
  if (ones === 1 || ones > 7) return null;
  let number = first & (0x7f >> ones);
  const end = offset + Math.max(1, ones);
  for (let index = offset + 1; index < end; index++) {
    if ((data[index] & 0xc0) !== 0x80) return null;
    number = number * 64 + (data[index] & 0x3f);
  }
  return { number, end };
}

/** @param {Uint8Array} data @param {number} offset @param {number} bytes */
function readBigEndian(data, offset, bytes) {
  return data.subarray(offset, offset + bytes).reduce((value, byte) => value * 256 + byte, 0);
}

/** @param {8 | 16} bits @param {number} polynomial */
function crcTable(bits, polynomial) {
  const [top, mask] = [1 << (bits - 1), 2 ** bits - 1];
  return Uint16Array.from({ length: 256 }, (_zero, byte) => {
    let crc = byte << (bits - 8);
    for (let bit = 0; bit < 8; bit++) crc = crc & top ? (crc << 1) ^ polynomial : crc << 1;
    return crc & mask;
  });
}
