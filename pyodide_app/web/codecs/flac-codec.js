// FLAC, decoded as its bytes arrive.
/** @import { Codec } from "./codec.js" */
import { loadFlac } from "./flac.js";
import { FlacFile, readFlac } from "./flac-stem.js";

/**
 * @param {WebAssembly.Module} module the decoder
 * @returns {Promise<Codec>}
 */
export async function loadCodec(module) {
  const library = await loadFlac(module);
  return {
    preRollSeconds: 0.3, // a chunk and a half
    open(format) {
      const file = new FlacFile(format);
      return { file, read: () => readFlac(library, file) };
    },
  };
}
