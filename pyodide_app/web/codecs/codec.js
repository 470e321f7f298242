// What the codecs of stems have in common: files that can be decoded as their bytes arrive.
/** @import { StemSource } from "../streaming/stem-source.js" */
/** @import { EncodedFile, StemFormat } from "./packets.js" */

/**
 * @typedef {object} OpenFile
 * @property {EncodedFile} file
 * @property {() => StemSource} read opens a reader
 */

/** @typedef {{ preRollSeconds: number, open: (format: StemFormat) => OpenFile }} Codec preRollSeconds: to read before a place, to decode it exactly */
