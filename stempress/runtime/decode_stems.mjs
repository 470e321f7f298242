// Decodes stems in step, with the browser's own decoder, to the same samples: node decode_stems.mjs ORDER
// ORDER is a JSON file with the fields of `Order`. Writes float32 samples to the standard output: the first window of every
// stem, one channel after the other, then the second one, and so on.
import { readFileSync, writeSync } from "node:fs";
import { pathToFileURL } from "node:url";

/**
 * @typedef {object} Order
 * @property {string} modules the browser's folder codecs/
 * @property {string} codec its name, as in `<codec>-codec.js`
 * @property {string} decoder the file with its WebAssembly
 * @property {number} rate @property {number} frames of all stems
 * @property {number} window in frames
 * @property {{ path: string, channels: number }[]} stems
 */

/** @type {Order} */
const { modules, codec, decoder, rate, frames, window, stems } = JSON.parse(readFileSync(process.argv[2], "utf8"));

/** @param {string} name @returns {Promise<any>} */
const load = (name) => import(pathToFileURL(`${modules}/${name}`).href);
const [{ loadCodec }, { ChunkReader }] = await Promise.all([load(`${codec}-codec.js`), load("../streaming/stem-source.js")]);
const { open } = await loadCodec(new WebAssembly.Module(readFileSync(decoder)));

const readers = stems.map(({ path, channels }) => {
  const bytes = new Uint8Array(readFileSync(path));
  const { file, read } = open({ channels, rate, frames, bytes: bytes.length });
  file.onDamage = () => {
    throw new Error(`${path} cannot be decoded`);
  };
  file.receiver(0)(bytes);
  return new ChunkReader(read());
});
for (let frame = 0; frame < frames; frame += window) {
  const count = Math.min(window, frames - frame);
  for (const reader of readers) {
    const samples = new Float32Array(reader.channels * count);
    for (let channel = 0; channel < reader.channels; channel++) {
      reader.read(channel, frame, samples.subarray(channel * count, (channel + 1) * count));
    }
    write(new Uint8Array(samples.buffer));
  }
}

/** @param {Uint8Array} bytes */
function write(bytes) {
  for (let done = 0; done < bytes.length; ) done += writeSync(1, bytes, done);
}
