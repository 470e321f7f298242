// Ogg Opus, decoded as its bytes arrive.
/** @import { Codec } from "./codec.js" */
import { compile } from "./codec.js";
import { loadOpus } from "./opus.js";
import { OpusFile, OpusStem } from "./opus-stem.js";

/**
 * @param {string} folder the address of the decoders
 * @returns {Promise<Codec>}
 */
export async function loadOpusCodec(folder) {
  const library = await loadOpus(await compile(`${folder}opus.wasm`));
  return {
    preRollSeconds: 1.5,
    open(format) {
      const file = new OpusFile(format.channels, format.frames);
      return { file, read: () => new OpusStem(library, file) };
    },
  };
}
