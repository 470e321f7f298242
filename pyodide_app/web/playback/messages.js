// Every message between the threads, named and typed once.
//
//   page <-> worker      the worker's own messages
//   worker <-> worklet   a channel of their own: the page is not on the sound's way
//
// Frames are absolute: they count what has been played since the last RESET.

// Page to worker: requests, see base/worker-client.js.
export const OPEN = "open"; // a new song, and the end of the one before
export const ATTACH = "attach"; // the way to the worklet; to the worklet: the way to the worker
export const LOAD = "load"; // a decoded stem; answered with its bytes
export const UNLOAD = "unload"; // let go of stems
export const APPLY = "apply";
export const BOUNCE = "bounce"; // answered with the file, a Blob
export const DIGEST = "digest"; // answered with the digest of the words
export const MEASURE = "measure"; // answered with the mix's Loudness
export const PLAY = "play";
export const PAUSE = "pause";

// Worker to page.
export const LOADING = "loading";
export const POSITION = "position";
export const ENDED = "ended"; // the song is over
export const SCHEDULED = "scheduled"; // PLAY was in time: it begins at the frame it named
export const MISSED = "missed"; // PLAY named a frame that was over

// Page to worklet; ATTACH besides.
export const CLOSE = "close"; // there is nothing more to play: be gone

// Worker to worklet; PLAY and PAUSE besides.
export const BLOCK = "block";
export const RESET = "reset"; // start anew at frame 0, with nothing queued

// Worklet to worker; ARMED and MISSED besides.
export const QUEUED = "queued"; // the block is queued; its buffer comes back
export const LATE = "late"; // refused: it has been played already
export const REPORT = "report";

/**
 * What the decks obey, as session.py lists it. A null key: nothing is heard in that row.
 * @typedef {["place", row: number, key: string | null, when?: "bar"]
 *     | ["adjust", row: number, volume: number, pan: number, mute: boolean, solo: boolean]
 *     | ["master", volume: number]
 *     | ["loop"] | ["loop", start: number, end: number]
 *     | ["locate", frame: number]} Command
 */
/**
 * What is set of a row: volume in dB, pan from -1 to 1.
 * @typedef {{ volume: number, pan: number, mute: boolean, solo: boolean }} RowSettings
 */
/** @typedef {RowSettings & { stem: string }} Row with the slug of its stem */
/** @typedef {(string | null)[]} Keys of the stems in the rows; null: nothing is heard there */
/** @typedef {16 | 24} Bits of a word */
/** @typedef {{ title: string, artist: string, album: string, isrc: string, mix: string }} Tags */
/** @typedef {{ integrated: number, range: number, truePeak: number }} Loudness in LUFS, LU, and as a factor */
/** @typedef {[left: number, right: number]} Peaks */

/**
 * PLAY: the context's frame to begin at, to the sample; none: now, faded in.
 * @typedef {{ type: typeof OPEN, rate: number, frames: number, rows: number, bars: number, bpm: number }
 *     | { type: typeof ATTACH, port: MessagePort }
 *     | { type: typeof LOAD, key: string, channels: Float32Array[] }
 *     | { type: typeof UNLOAD, keys: string[] }
 *     | { type: typeof APPLY, commands: Command[] }
 *     | { type: typeof BOUNCE, bits: number, keys: Keys, tags: Tags }
 *     | { type: typeof DIGEST, bits: number, keys: Keys, plain: boolean }
 *     | { type: typeof MEASURE, keys: Keys }
 *     | { type: typeof PLAY, at?: number }
 *     | { type: typeof PAUSE }} PageToWorker
 */
/**
 * LOADING: bytes of the Python runtime.
 * @typedef {{ type: typeof LOADING, loaded: number, total: number }
 *     | { type: typeof POSITION } & Position
 *     | { type: typeof ENDED | typeof SCHEDULED | typeof MISSED }} WorkerToPage
 */
/**
 * @typedef {object} Position
 * @property {number} songFrame -1: after the end
 * @property {boolean} playing
 * @property {Peaks} peaks
 * @property {number} underruns blocks that were missing
 * @property {number} lookAhead frames that are kept ready
 * @property {number} late changes that came after their time
 * @property {Float32Array} levels figures of the master, as levels.py lists them, and a peak for each row
 * @property {number[]} waiting rows whose stems change with the next bar
 */
/** @typedef {{ type: typeof ATTACH, port: MessagePort } | { type: typeof CLOSE }} PageToWorklet */
/**
 * BLOCK: left, then right.
 * @typedef {{ type: typeof BLOCK, frame: number, samples: Float32Array<ArrayBuffer> }
 *     | { type: typeof RESET | typeof PAUSE }
 *     | { type: typeof PLAY, at?: number }} WorkerToWorklet
 */
/**
 * TAKEN, LATE: where the worklet is, and up to where something is queued.
 * @typedef {{ type: typeof QUEUED | typeof LATE, frame: number, position: number, end: number, samples: Float32Array<ArrayBuffer> }
 *     | { type: typeof SCHEDULED | typeof MISSED }
 *     | { type: typeof REPORT } & Report} WorkletToWorker
 */
/** @typedef {{ position: number, playing: boolean, peaks: Peaks, underruns: number }} Report */
