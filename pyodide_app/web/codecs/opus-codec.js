// Ogg Opus, decoded as its bytes arrive.
/** @import { Codec } from "./codec.js" */
import { loadOpus } from "./opus.js";
import { OpusFile, OpusStem } from "./opus-stem.js";

/**
 * @param {WebAssembly.Module} module the decoder
 * @returns {Promise<Codec>}
 */
export async function loadCodec(module) {
  const library = await loadOpus(module);
  return {
    preRollSeconds: 1.5,
    open(format) {
      const file = new OpusFile(format.channels, format.frames);
      return { file, read: () => new OpusStem(library, file) };
    },
  };
}
