// Ogg Vorbis, decoded as its bytes arrive.
/** @import { Codec } from "./codec.js" */
import { loadVorbis } from "./vorbis.js";
import { readVorbis, VorbisFile } from "./vorbis-stem.js";

/**
 * @param {WebAssembly.Module} module the decoder
 * @returns {Promise<Codec>}
 */
export async function loadCodec(module) {
  const library = await loadVorbis(module);
  return {
    preRollSeconds: 1, // a chunk, and the packets before
    open(format) {
      const file = new VorbisFile(format);
      return { file, read: () => readVorbis(library, file) };
    },
  };
}
