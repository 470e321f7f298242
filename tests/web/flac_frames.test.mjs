// Where the frames of a FLAC stream end: bytes that look like a header are no frame.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameSplitter, parseMetadata } from "../../pyodide_app/web/codecs/flac-frames.js";

const BLOCK = 64;
const INFO = { blockSize: BLOCK, rate: 48000, channels: 1, bits: 16, frames: 0 };

/** @param {number[]} bytes @param {number} bits @param {number} polynomial */
function crc(bytes, bits, polynomial) {
  let value = 0;
  for (const byte of bytes) {
    value ^= byte << (bits - 8);
    for (let bit = 0; bit < 8; bit++) value = value & (1 << (bits - 1)) ? (value << 1) ^ polynomial : value << 1;
    value &= 2 ** bits - 1;
  }
  return value;
}

/** @param {number} number below 2048 @param {number} [frames] */
function header(number, frames = BLOCK) {
  const coded = number < 128 ? [number] : [0xc0 | (number >> 6), 0x80 | (number & 63)];
  const head = [0xff, 0xf8, 0x6a, 0x08, ...coded, frames - 1]; // 48 kHz, mono, 16 bits, length in a byte
  return [...head, crc(head, 8, 0x07)];
}

/**
 * A frame that stores its samples as they are.
 * @param {number} number @param {number[]} payload bytes of its samples, from the first on
 */
function frame(number, payload, frames = BLOCK) {
  const samples = Array.from({ length: 2 * frames }, (_zero, nth) => payload[nth] ?? nth & 255);
  const body = [...header(number, frames), 0x02, ...samples];
  const check = crc(body, 16, 0x8005);
  return [...body, check >> 8, check & 255];
}

/** @param {number[]} bytes @param {() => number} size of the next piece */
function split(bytes, size, info = INFO) {
  const splitter = new FrameSplitter(info, bytes.length);
  const found = [];
  for (let offset = 0; offset < bytes.length; ) {
    const end = offset + size();
    found.push(...splitter.push(Uint8Array.from(bytes.slice(offset, end))));
    offset = end;
  }
  return found;
}

/** @param {number} seed */
function random(seed) {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

test("frames are found whatever their samples look like, and in pieces of any size", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const next = random(seed);
    const frames = Array.from({ length: 2 + Math.floor(next() * 6) }, (_zero, number) => {
      /** @type {number[]} */
      const payload = [];
      while (payload.length < 2 * BLOCK) {
        // what looks most like the end of a frame: the header that comes next, or a whole frame
        const lures = [header(number + 1), frame(number + 1, [], 8), [0xff, 0xf8], [Math.floor(next() * 256)]];
        payload.push(...lures[Math.floor(next() * lures.length)]);
      }
      return frame(number, payload);
    });
    const found = split(frames.flat(), () => 1 + Math.floor(next() * 200));
    assert.deepEqual(found.map(({ bytes }) => [...bytes]), frames, `seed ${seed}`);
    assert.deepEqual(found.map(({ start, end }) => [start, end]), frames.map((_frame, nth) => [nth * BLOCK, (nth + 1) * BLOCK]));
  }
});

test("a stream may be read from any frame on, and ends with a shorter one", () => {
  const bytes = [...frame(300, []), ...frame(301, [], 7)];
  const found = split(bytes, () => 50, { ...INFO, frames: 301 * BLOCK + 7 });
  assert.deepEqual(found.map(({ start, end }) => [start, end]), [[300 * BLOCK, 301 * BLOCK], [301 * BLOCK, 301 * BLOCK + 7]]);
});

test("a frame with a wrong bit is an error", () => {
  for (let nth = 0; nth < frame(0, []).length; nth++) {
    const bytes = [...frame(0, []), ...Array.from({ length: 8 }, (_zero, number) => frame(1 + number, [])).flat()];
    bytes[nth] ^= 4;
    assert.throws(() => split(bytes, () => 100), /FLAC frame/, `byte ${nth}`);
  }
});

test("a stream that is cut off is an error at its end, and only there", () => {
  const bytes = [...frame(0, []), ...frame(1, []).slice(0, -1)];
  assert.throws(() => split(bytes, () => 1000), /damaged/);
});

test("a frame after the stream's end is an error", () => {
  assert.throws(() => split(frame(9, []), () => 1000, { ...INFO, frames: 64 }), /after the end/);
});

test("metadata are read once they are complete, and skipped but for the format", () => {
  const packed = (44100 * 2 ** 12 + (1 << 9) + (23 << 4)) >>> 0; // stereo, 24 bits
  const info = [16, 0, 16, 0, 0, 0, 0, 0, 0, 0, packed >>> 24, (packed >> 16) & 255, (packed >> 8) & 255, packed & 255, 0, 1, 0, 0, ...Array(16).fill(0)];
  const data = Uint8Array.from([0x66, 0x4c, 0x61, 0x43, 0, 0, 0, 34, ...info, 0x84, 0, 0, 3, 1, 2, 3]);
  for (let size = 0; size < data.length; size++) assert.equal(parseMetadata(data.slice(0, size)), null);
  const format = { blockSize: 4096, rate: 44100, channels: 2, bits: 24, frames: 65536 };
  assert.deepEqual(parseMetadata(data), { info: format, size: data.length });
});

test("what is not FLAC is an error", () => {
  assert.throws(() => parseMetadata(Uint8Array.from([1, 2, 3, 4, 5])), /not a FLAC stream/);
  assert.throws(() => parseMetadata(Uint8Array.from([0x66, 0x4c, 0x61, 0x43, 0x84, 0, 0, 0])), /without its format/);
});
