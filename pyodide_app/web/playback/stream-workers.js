// The workers that stream stems: one for each codec, so that pages load only what their songs need.
import { ROOT } from "../base/root.js";
import { WorkerClient } from "../base/worker-client.js";
import { FLAC, OPUS, VORBIS } from "../codecs/media-types.js";
import { _ } from "../language/phrases.js";

/** @type {Readonly<Record<string, URL>>} */
const WORKERS = {
  [OPUS]: new URL("opus-stream-worker.js", import.meta.url),
  [VORBIS]: new URL("vorbis-stream-worker.js", import.meta.url),
  [FLAC]: new URL("flac-stream-worker.js", import.meta.url),
};
const OPUS_RATE = 48000;

/** The address of the folder with the decoders. */
export const DECODERS = new URL("app/decoders/", ROOT).href;

/**
 * Whether a song's stems can be streamed here.
 * @param {Pick<Data.Song, "layers" | "rate">} song
 */
export function isStreamable({ layers, rate }) {
  const type = mediaTypeOf({ layers });
  const isDecodable = type in WORKERS && (type !== OPUS || rate === OPUS_RATE);
  const isAlike = layers.every(({ stems }) => stems.every(({ audio }) => audio.type === type));
  return isDecodable && isAlike && [typeof WebAssembly, typeof Worker, typeof AudioWorkletNode].every((kind) => kind !== "undefined");
}

/**
 * The media type of a streamed song's files.
 * @param {Pick<Data.Song, "layers">} song
 */
export function mediaTypeOf({ layers: [{ stems: [{ audio }] }] }) {
  return audio.type;
}

/**
 * A worker that streams files of a type.
 * @param {string} type @param {{ onMessage: (message: any) => void, onLoss: (error: Error) => void }} listeners
 */
export function createStreamWorker(type, listeners) {
  return new WorkerClient(WORKERS[type], { unavailable: _("the mixer's worker could not be loaded"), ...listeners });
}
