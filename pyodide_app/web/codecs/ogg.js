// Pages of an Ogg stream (RFC 3533), split off as their bytes arrive, and Opus's own header (RFC 7845).

import { joined } from "./bytes.js";

const CAPTURE_PATTERN = 0x4f676753; // "OggS"
const HEADER_BYTES = 27; // of a page, before its segment table
const CONTINUED = 1; // a flag of the header: the first packet began on the page before
const LAST = 4;
const FULL_SEGMENT = 255; // a packet goes on after such a segment
const OPUS_HEAD = 0x4f707573; // "Opus"

/**
 * @typedef {object} Page
 * @property {number} granule frames, pre-skip included, up to the end of its last packet
 * @property {boolean} isLast of its stream
 * @property {Uint8Array} body its packets, one after the other
 * @property {Uint16Array} sizes of its packets
 */

/** Splits bytes that begin with a page, in pieces of any size, into pages. */
export class PageSplitter {
  #rest = new Uint8Array(0);

  /**
   * Return the pages that are complete now.
   * @param {Uint8Array} bytes
   */
  push(bytes) {
    const data = joined(this.#rest, bytes);
    const pages = [];
    let offset = 0;
    for (let size = pageSize(data, offset); size > 0; size = pageSize(data, offset)) {
      pages.push(parsePage(data.slice(offset, offset + size)));
      offset += size;
    }
    this.#rest = data.slice(offset);
    return pages;
  }
}

/**
 * Size of the page that begins at an offset; 0 if not all of it is there.
 * @param {Uint8Array} data @param {number} offset
 */
function pageSize(data, offset) {
  if (data.length - offset < HEADER_BYTES) return 0;
  const view = new DataView(data.buffer, data.byteOffset + offset, HEADER_BYTES);
  if (view.getUint32(0) !== CAPTURE_PATTERN) throw new Error("not an Ogg page");
  const start = offset + HEADER_BYTES;
  const end = start + data[start - 1];
  if (data.length < end) return 0;
  const size = data.subarray(start, end).reduce((sum, segment) => sum + segment, end - offset);
  return data.length - offset < size ? 0 : size;
}

/**
 * @param {Uint8Array} bytes of one page
 * @returns {Page}
 */
function parsePage(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const flags = bytes[5];
  const segments = bytes.subarray(HEADER_BYTES, HEADER_BYTES + bytes[26]);
  if (flags & CONTINUED || segments.at(-1) === FULL_SEGMENT) throw new Error("an Ogg packet spans pages");
  const sizes = [];
  let size = 0;
  for (const segment of segments) {
    size += segment;
    if (segment === FULL_SEGMENT) continue;
    sizes.push(size);
    size = 0;
  }
  return {
    granule: view.getUint32(6, true) + view.getUint32(10, true) * 2 ** 32,
    isLast: (flags & LAST) > 0,
    body: bytes.subarray(HEADER_BYTES + segments.length),
    sizes: Uint16Array.from(sizes),
  };
}

/**
 * The only packet of an Opus stream's first page.
 * @param {Uint8Array} packet
 * @returns {{ channels: number, preSkip: number }} preSkip: frames at 48 kHz before the sound begins
 */
export function parseOpusHead(packet) {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
  if (packet.length < 19 || view.getUint32(0) !== OPUS_HEAD) throw new Error("not an Opus stream");
  return { channels: view.getUint8(9), preSkip: view.getUint16(10, true) };
}
