// Ogg Vorbis, decoded as its bytes arrive.
/** @import { Codec } from "./codec.js" */
import { compile } from "./codec.js";
import { loadVorbis } from "./vorbis.js";
import { readVorbis, VorbisFile } from "./vorbis-stem.js";

/**
 * @param {string} folder the address of the decoders
 * @returns {Promise<Codec>}
 */
export async function loadVorbisCodec(folder) {
  const library = await loadVorbis(await compile(`${folder}vorbis.wasm`));
  return {
    preRollSeconds: 1, // a chunk, and the packets before
    open(format) {
      const file = new VorbisFile(format);
      return { file, read: () => readVorbis(library, file) };
    },
  };
}
