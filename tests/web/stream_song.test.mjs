// A song in the stream worker while Python renders it: in constant memory, and to its end.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PacketStore } from "../../pyodide_app/web/codecs/packets.js";
import { CHUNK_REQUEST, CHUNKS, LOAD, RENDER_POSITION, STEM_FAILED, STEM_LOADED } from "../../pyodide_app/web/playback/messages.js";
import { StreamSong } from "../../pyodide_app/web/playback/stream-song.js";

const RATE = 1000;
const SECONDS = 240;
const FRAMES = SECONDS * RATE;
const FRAME_BYTES = 250; // of the files
const FILE_BYTES = FRAMES * FRAME_BYTES;
const CHUNK = 1000; // frames
const STEMS = ["a", "b", "c"];
const MOST_BYTES = 100e6; // of 180 million

/** A codec whose samples say which frame they are. */
const CODEC = {
  preRollSeconds: 0,
  /** @param {{ channels: number, frames: number }} format */
  open({ channels, frames }) {
    const packets = new PacketStore();
    const file = {
      hasHead: true,
      onDamage() {},
      get bytes() {
        return packets.bytes;
      },
      /** @param {number} offset */
      receiver(offset) {
        let position = offset;
        return (/** @type {Uint8Array} */ bytes) => {
          packets.add({ starts: [position / FRAME_BYTES, (position + bytes.length) / FRAME_BYTES], offsets: [0, bytes.length], body: bytes });
          position += bytes.length;
        };
      },
      /** @param {(readonly [number, number])[]} ranges */
      keepOnly: (ranges) => packets.keepOnly(ranges),
    };
    const read = () => ({
      channels,
      frames,
      preSkip: 0,
      chunkFrames: CHUNK,
      /** @param {number} nth */
      has: (nth) => packets.arrivedUntil(nth * CHUNK) >= Math.min((nth + 1) * CHUNK, frames),
      /** @param {number} nth */
      decode: (nth) => [Float32Array.from({ length: CHUNK }, (_zero, frame) => nth * CHUNK + frame)],
      /** @param {number} frame */
      arrivedUntil: (frame) => Math.min(packets.arrivedUntil(frame), frames),
      /** @param {number} frame */
      preRoll: (frame) => frame,
      close() {},
    });
    return { file, read };
  },
};

/** @param {{ hasRanges?: boolean, missing?: string }} host */
function hosted({ hasRanges = true, missing = "" }) {
  globalThis.fetch = async (url, options) => {
    if (missing && String(url).endsWith(missing)) return new Response(null, { status: 404 });
    const [, from, to] = /bytes=(\d+)-(\d+)/.exec(/** @type {any} */ (options?.headers)?.Range ?? "") ?? [];
    const isPart = hasRanges && from !== undefined;
    const [start, end] = isPart ? [Number(from), Number(to) + 1] : [0, FILE_BYTES];
    let at = start;
    const body = new ReadableStream({
      pull(controller) {
        const size = Math.min(250_000, end - at);
        controller.enqueue(new Uint8Array(size));
        at += size;
        if (at === end) controller.close();
      },
    });
    return new Response(body, { status: isPart ? 206 : 200 });
  };
}

/**
 * Read all stems as Python does; returns the most compressed bytes that were kept, and what the page was told.
 * @param {{ hasRanges?: boolean, missing?: string }} host
 */
async function rendered(host) {
  hosted(host);
  /** @type {any[]} */
  const told = [];
  /** @type {(value: null) => void} */
  let resolve = () => {};
  const end = new Promise((settle) => (resolve = settle));
  globalThis.postMessage = (/** @type {any} */ message) => {
    told.push(message);
    if (message.type === STEM_FAILED) resolve(null);
  };
  const song = new StreamSong({ rate: RATE, frames: FRAMES, rows: 3, bars: 0, bpm: 0, isOffline: true }, async () => CODEC);
  const file = { frames: FRAMES, channels: 1, bytes: FILE_BYTES, starts: [] };
  await song.add(STEMS.map((key) => ({ key, url: `http://site.example/${key}`, ...file })), null);
  const { port1, port2 } = new MessageChannel();
  let most = 0;
  let chunk = 0;
  const waiting = new Set(STEMS);
  const ask = () => {
    port2.postMessage({ type: RENDER_POSITION, keys: STEMS, frame: chunk * CHUNK });
    port2.postMessage({ type: CHUNK_REQUEST, purpose: "offline", chunkFrames: CHUNK, places: STEMS.map((key) => ({ key, chunk })) });
  };
  port2.onmessage = ({ data }) => {
    if (data.type === LOAD) port2.postMessage({ type: STEM_LOADED, key: data.key, bytes: 0 });
    if (data.type !== CHUNKS) return;
    most = Math.max(most, song.stats.fetched);
    for (const { key, samples } of data.chunks) {
      assert.equal(samples[0], chunk * CHUNK);
      waiting.delete(key);
    }
    if (waiting.size) return;
    if (++chunk === FRAMES / CHUNK) {
      resolve(null);
      return;
    }
    for (const key of STEMS) waiting.add(key);
    ask();
  };
  await song.link(port1);
  ask();
  await end;
  song.close();
  port2.close();
  return { most, told, chunks: chunk };
}

test("compressed samples are kept around the place that is rendered", async () => {
  const { most, chunks } = await rendered({});
  assert.equal(chunks, FRAMES / CHUNK);
  assert.ok(most < MOST_BYTES, `${most} bytes`);
});

test("a host without ranges is read to the end", async () => {
  const { chunks } = await rendered({ hasRanges: false });
  assert.equal(chunks, FRAMES / CHUNK);
});

test("a stem that is missing is told to the page, and never silent", async () => {
  const { told, chunks } = await rendered({ missing: "/b" });
  assert.deepEqual(told.map(({ type, key }) => [type, key]), [[STEM_FAILED, "b"]]);
  assert.equal(chunks, 0);
});
