// What the worker calls of session.py.
/** @import { PlayingSession } from "./session-renderer.js" */

/**
 * session.py's Session.
 * @typedef {PlayingSession & {
 *   load: (key: string, channels: Float32Array[]) => number,
 *   stream: (key: string, fill: (chunk: number, target: Planar, isOffline: boolean) => boolean, channels: number, frames: number) => number,
 *   unload: (key: string) => void,
 *   at_rate: (rate: number, frames: number) => Session,
 *   bounce: (bits: number, keys: PythonKeys, tags: string) => WavTask & { name: string },
 *   bounce_take: (bits: number, text: string, keys: string, tags: string) => WavTask & { name: string },
 *   digest_take: (bits: number, text: string, keys: string) => Task & { step: () => void, hexdigest: () => string },
 *   export_stems: (bits: number, keys: string[], mix: string) => StemExport,
 *   digest: { callKwargs: (bits: number, keys: PythonKeys, options: { plain: boolean }) => Task & { step: () => void, hexdigest: () => string } },
 *   measure: (keys: PythonKeys) => Task & { step: () => void, integrated: number, range: number, true_peak: number },
 *   destroy: () => void,
 * }} Session
 */
/** @typedef {(rate: number, frames: number, rows: number, bars: number, bpm: number) => Session} SessionClass */
/** @typedef {(string | undefined)[]} PythonKeys undefined is Python's None */
/** @typedef {{ toJs: () => Uint8Array<ArrayBuffer>, destroy: () => void }} Bytes */
/** @typedef {{ progress: number, frame: number, destroy: () => void }} Task progress: from 0 to 1; frame: of the next step */
/** @typedef {Task & { header: () => Bytes, step: () => Bytes }} WavTask */
/**
 * stem_export.py's StemExport; `pieces` has bytes, and indices of files.
 * @typedef {object} StemExport
 * @property {string} name
 * @property {(index: number) => WavTask} file
 * @property {() => { toJs: () => (Uint8Array<ArrayBuffer> | number)[], destroy: () => void }} pieces
 * @property {() => void} destroy
 */
/** @typedef {{ getBuffer: (type: "f32") => { data: Float32Array, release: () => void } }} Planar samples in Python's memory, one channel after the other */

export {};
