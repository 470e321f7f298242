// The headers of a Vorbis stream (Vorbis I specification, section 4.2): what says how many frames a packet has.

const VORBIS = [0x76, 0x6f, 0x72, 0x62, 0x69, 0x73]; // "vorbis"
const IDENTIFICATION = 1; // types of header packets
const SETUP = 5;
const IDENTIFICATION_BYTES = 30;
const MODE_BITS = 41; // block flag, window and transform type (zero), mapping
const MOST_MODES = 64;

/** @typedef {{ channels: number, rate: number, blockSizes: [short: number, long: number] }} Identification */

/**
 * @param {Uint8Array} packet the stream's first
 * @returns {Identification}
 */
export function parseIdentification(packet) {
  if (packet.length < IDENTIFICATION_BYTES || !isHeader(packet, IDENTIFICATION)) throw new Error("not a Vorbis stream");
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
  const exponents = packet[28];
  return { channels: packet[11], rate: view.getUint32(12, true), blockSizes: [1 << (exponents & 15), 1 << (exponents >> 4)] };
}

/**
 * Whether each mode has long blocks. Modes are the last thing in the header, so they are read from its end: what lies before
 * is long to parse.
 * @param {Uint8Array} packet the stream's third
 * @returns {boolean[]}
 */
export function parseModes(packet) {
  if (!isHeader(packet, SETUP)) throw new Error("a Vorbis stream without its setup");
  /** @param {number} at @param {number} count */
  const bits = (at, count) => {
    let value = 0;
    for (let bit = 0; bit < count; bit++) value += ((packet[(at + bit) >> 3] >> ((at + bit) & 7)) & 1) * 2 ** bit;
    return value;
  };
  let end = 8 * packet.length - 1;
  while (end > 0 && !bits(end, 1)) end--; // the framing bit
  let modes = 0;
  let at = end - MODE_BITS;
  for (let count = 1; count <= MOST_MODES && at > 8 * 7 && bits(at + 1, 16) === 0 && bits(at + 17, 16) === 0; count++) {
    if (bits(at - 6, 6) + 1 === count) modes = count; // the number of modes stands before them
    at -= MODE_BITS;
  }
  if (!modes) throw new Error("a Vorbis stream without modes");
  return Array.from({ length: modes }, (_zero, nth) => bits(end - MODE_BITS * (modes - nth), 1) === 1);
}

/** @param {Uint8Array} packet @param {number} type */
function isHeader(packet, type) {
  return packet[0] === type && VORBIS.every((letter, nth) => packet[1 + nth] === letter);
}
