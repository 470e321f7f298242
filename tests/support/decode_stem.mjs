// Decodes a stem's file as the stream worker does, and writes its samples, planar float32, to the standard output.
//
// node decode_stem.mjs '<JSON>'; see tests/web/test_codecs.py for the fields.
import { readFileSync, writeSync } from "node:fs";
import { ChunkReader } from "../../pyodide_app/web/streaming/stem-source.js";

const { codec: name, decoders, path, format, pieces, starts = [0], ends = [], order = null } = JSON.parse(process.argv[2]);

const data = new Uint8Array(readFileSync(path));
const { loadCodec } = await import(`../../pyodide_app/web/codecs/${name}-codec.js`);
const codec = await loadCodec(new WebAssembly.Module(readFileSync(`${decoders}${name}.wasm`)));
const { file, read } = codec.open({ bytes: data.length, ...format });
let damaged = false;
file.onDamage = () => (damaged = true);

/** @param {number} from @param {number} to */
function receive(from, to) {
  const take = file.receiver(from);
  for (let offset = from, piece = 0; offset < to; piece++) {
    const end = Math.min(to, offset + pieces[piece % pieces.length]);
    take(data.slice(offset, end));
    offset = end;
  }
}

try {
  for (const [nth, start] of starts.entries()) receive(start, ends[nth] ?? data.length);
  const [reader, other] = [new ChunkReader(read()), new ChunkReader(read())]; // the other reads elsewhere
  const samples = Array.from({ length: format.channels }, () => new Float32Array(format.frames));
  const size = reader.source.chunkFrames;
  const places = order ?? Array.from({ length: Math.ceil(format.frames / size) }, (_zero, nth) => nth * size);
  for (const [turn, place] of places.entries()) {
    other.chunk(places.at(-1 - turn) / size);
    samples.forEach((channel, nth) => reader.read(nth, place, channel.subarray(place, place + size)));
  }
  if (damaged) throw new Error("damaged");
  for (const channel of samples) {
    const bytes = new Uint8Array(channel.buffer);
    for (let done = 0; done < bytes.length; ) done += writeSync(1, bytes, done);
  }
} catch (error) {
  process.stderr.write(error instanceof Error ? `${error.constructor.name}: ${error.message}` : String(error));
  process.exitCode = 1;
}
