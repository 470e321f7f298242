// The codecs of stems that can be decoded as their bytes arrive.
/** @import { StemSource } from "../streaming/stem-source.js" */
/** @import { EncodedFile, StemFormat } from "./packets.js" */
import { loadFlac } from "./flac.js";
import { FlacFile, readFlac } from "./flac-stem.js";
import { loadOpus } from "./opus.js";
import { OpusFile, OpusStem } from "./opus-stem.js";
import { FLAC, OPUS, VORBIS } from "./media-types.js";
import { loadVorbis } from "./vorbis.js";
import { readVorbis, VorbisFile } from "./vorbis-stem.js";

/**
 * @typedef {object} OpenFile
 * @property {EncodedFile} file
 * @property {() => StemSource} read opens a reader
 */

/** @typedef {{ preRollSeconds: number, open: (format: StemFormat) => OpenFile }} Codec preRollSeconds: to read before a place, to decode it exactly */

/** @type {Record<string, (folder: string) => Promise<Codec>>} */
const LOADERS = {
  async [OPUS](folder) {
    const library = await loadOpus(await compiled(`${folder}opus.wasm`));
    return {
      preRollSeconds: 1.5,
      open(format) {
        const file = new OpusFile(format.channels, format.frames);
        return { file, read: () => new OpusStem(library, file) };
      },
    };
  },
  async [FLAC](folder) {
    const library = await loadFlac(await compiled(`${folder}flac.wasm`));
    return {
      preRollSeconds: 0.3, // a chunk and a half
      open(format) {
        const file = new FlacFile(format);
        return { file, read: () => readFlac(library, file) };
      },
    };
  },
  async [VORBIS](folder) {
    const library = await loadVorbis(await compiled(`${folder}vorbis.wasm`));
    return {
      preRollSeconds: 1, // a chunk, and the packets before
      open(format) {
        const file = new VorbisFile(format);
        return { file, read: () => readVorbis(library, file) };
      },
    };
  },
};

/** @type {Map<string, Promise<Codec>>} */
const loaded = new Map();

/**
 * The codec of a media type, loaded on first use and again after a failure.
 * @param {string} type @param {string} folder the address of the decoders
 * @returns {Promise<Codec>}
 */
export function loadCodec(type, folder) {
  const codec = loaded.get(type) ?? LOADERS[type](folder);
  loaded.set(type, codec);
  codec.catch(() => loaded.delete(type));
  return codec;
}

/** @param {string} url */
async function compiled(url) {
  return WebAssembly.compileStreaming(fetch(url));
}
