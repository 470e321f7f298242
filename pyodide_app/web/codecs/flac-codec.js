// FLAC, decoded as its bytes arrive.
/** @import { Codec } from "./codec.js" */
import { compile } from "./codec.js";
import { loadFlac } from "./flac.js";
import { FlacFile, readFlac } from "./flac-stem.js";

/**
 * @param {string} folder the address of the decoders
 * @returns {Promise<Codec>}
 */
export async function loadFlacCodec(folder) {
  const library = await loadFlac(await compile(`${folder}flac.wasm`));
  return {
    preRollSeconds: 0.3, // a chunk and a half
    open(format) {
      const file = new FlacFile(format);
      return { file, read: () => readFlac(library, file) };
    },
  };
}
