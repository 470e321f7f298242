// All messages between the threads.
//
//   page <-> worker            requests to Python, and notifications
//   page <-> stream worker     the same, to the browser's own mixer
//   stream worker <-> worker   a channel of their own, for samples of the stems
//   either worker <-> worklet  a channel of their own, so that the page cannot delay the sound
//
// Frames are absolute: they count what has been played since the last RESET.

// Page to worker: requests, see base/worker-client.js.
export const OPEN = "open"; // open a song, in place of the previous one
export const ATTACH = "attach"; // a port to the worklet; sent to the worklet: a port to the worker
export const LOAD = "load"; // load a decoded stem; answered with its size in bytes
export const UNLOAD = "unload"; // unload stems
export const APPLY = "apply";
export const BOUNCE = "bounce"; // answered with a WAV file
export const BOUNCE_TAKE = "bounce-take"; // answered with a WAV file
export const EXPORT_STEMS = "export-stems"; // answered with a ZIP archive
export const DIGEST = "digest"; // answered with the SHA-256 of the samples
export const DIGEST_TAKE = "digest-take"; // answered with the SHA-256 of the samples
export const READY = "ready"; // answered when playback can start without a stall
export const MEASURE = "measure"; // answered with the mix's Loudness
export const FINISH = "finish"; // queue the rest of the song; answered with whether all of it is
export const PLAY = "play";
export const PAUSE = "pause";

// Page to stream worker, besides OPEN, ATTACH, LOAD (of several stems), UNLOAD, APPLY, FINISH, PLAY and PAUSE.
export const WARM = "warm"; // load the decoders of a song
export const LINK = "link"; // a port to the other worker; sent to both
export const BUFFER = "buffer"; // answered when seconds of a stem have arrived from the playhead on
export const SONG_FRAME = "song-frame"; // answered with the song's frame that will be heard at a frame of the context
export const STATS = "stats";

// Stream worker to page, besides APPLIED, POSITION, ENDED, SCHEDULED and MISSED.
export const STEM_FAILED = "stem-failed"; // sent to the other worker as well

// Stream worker to worker, besides LOAD and STEM_FAILED.
export const CHUNKS = "chunks"; // of stems, as requested

// Worker to stream worker.
export const STEM_LOADED = "stem-loaded"; // a stem can be placed; with the bytes that it takes
export const CHUNK_REQUEST = "chunk-request"; // answered with CHUNKS as samples arrive
export const PLAYHEAD = "playhead"; // where playback is
export const RENDER_POSITION = "render-position"; // of an offline render, with its stems

// Worker to page.
export const LOADING = "loading";
export const POSITION = "position";
export const APPLIED = "applied"; // commands take effect at a frame, for certain
export const ENDED = "ended"; // the song is over
export const SCHEDULED = "scheduled"; // PLAY was in time: playback starts at its frame
export const MISSED = "missed"; // PLAY was too late for its frame

// Page to worklet, besides ATTACH.
export const CLOSE = "close"; // end the processor

// Worker to worklet, besides PLAY and PAUSE.
export const BLOCK = "block";
export const RESET = "reset"; // restart at frame 0 with an empty queue
export const STALL = "stall"; // play nothing from this frame on, until more blocks come; -1: they have come

// Worklet to worker, besides SCHEDULED and MISSED.
export const QUEUED = "queued"; // a block was queued; its buffer is returned
export const LATE = "late"; // a block was rejected: its time is over
export const REPORT = "report";

/**
 * Commands of the decks, as in session.py. A null key silences a row. A stem may wait for the next bar, or for a frame of the song.
 * Python alone plays takes. A mark changes nothing, but is reported as applied, like the others.
 * @typedef {["place", row: number, key: string | null, due?: "bar" | number]
 *     | ["adjust", row: number, volume: number, pan: number, mute: boolean, solo: boolean]
 *     | ["master", volume: number]
 *     | ["loop"] | ["loop", start: number, end: number]
 *     | ["locate", frame: number]
 *     | ["mark"]
 *     | ["take", text: string, keys: TakeKeys]} Command
 */
/** @typedef {Record<string, string | null>} TakeKeys of a take's stems, by "layer/stem" */
/**
 * Commands that take effect at a frame, where `songFrame` is heard. isReset: what was rendered before is not played any more.
 * @typedef {{ commands: Command[], frame: number, songFrame: number, isReset: boolean }} Applied
 */
/**
 * A row's settings: volume in dB, pan from -1 to 1.
 * @typedef {{ volume: number, pan: number, mute: boolean, solo: boolean }} RowSettings
 */
/** @typedef {RowSettings & { stem: string }} Row with the slug of its stem; "" where the layer is left out */
/** @typedef {(string | null)[]} Keys of the stems in the rows; null: silent */
/** @typedef {16 | 24} Bits of a word */
/** @typedef {Record<string, string | number>} Tags fields of tags.py */
/**
 * A mix's stems, as stem_export.py takes them: settings are those of RowSettings, volume_db of row and master in dB.
 * @typedef {object} StemsOfMix
 * @property {Tags} tags
 * @property {{ layer: string, stem: string, position: number, settings: { volume_db: number, pan: number, mute: boolean, solo: boolean } }[]} stems
 * @property {number} master_db
 * @property {number} bars 0 if unknown
 * @property {{ name: string, bar: number }[]} sections
 */
/** @typedef {{ integrated: number, range: number, truePeak: number }} Loudness in LUFS, LU, and as a factor */
/** @typedef {[left: number, right: number]} Peaks */
/** @typedef {{ port: MessagePort, rate: number, frames: number }} Source of other stems: a port to the stream worker that decodes them, and their format */

/**
 * PLAY: the frame of the context to start at, sample-accurately; without it: now, with a fade.
 * @typedef {{ type: typeof OPEN, rate: number, frames: number, rows: number, bars: number, bpm: number }
 *     | { type: typeof ATTACH, port: MessagePort }
 *     | { type: typeof LOAD, key: string, channels: Float32Array[] }
 *     | { type: typeof LINK, port: MessagePort }
 *     | { type: typeof READY }
 *     | { type: typeof UNLOAD, keys: string[] }
 *     | { type: typeof APPLY, commands: Command[] }
 *     | { type: typeof BOUNCE, bits: number, keys: Keys, tags: Tags, source?: Source }
 *     | { type: typeof EXPORT_STEMS, bits: number, keys: Keys, mix: StemsOfMix, source?: Source }
 *     | { type: typeof BOUNCE_TAKE, bits: number, text: string, keys: TakeKeys, tags: Tags, source?: Source }
 *     | { type: typeof DIGEST_TAKE, bits: number, text: string, keys: TakeKeys, source?: Source }
 *     | { type: typeof DIGEST, bits: number, keys: Keys, plain: boolean, source?: Source }
 *     | { type: typeof MEASURE, keys: Keys }
 *     | { type: typeof PLAY, at?: number }
 *     | { type: typeof FINISH }
 *     | { type: typeof PAUSE }} PageToWorker
 */
/**
 * LOADING: in bytes of the Python runtime.
 * @typedef {{ type: typeof LOADING, loaded: number, total: number }
 *     | { type: typeof POSITION } & Position
 *     | { type: typeof APPLIED } & Applied
 *     | { type: typeof ENDED | typeof SCHEDULED | typeof MISSED }} WorkerToPage
 */
/**
 * @typedef {object} Position
 * @property {number} frame
 * @property {number} songFrame -1 after the end
 * @property {boolean} isStalled whether playback waits for samples that have not arrived
 * @property {boolean} playing
 * @property {Peaks} peaks
 * @property {number} underruns blocks that came too late to be played
 * @property {number} lookAhead frames rendered ahead
 * @property {number} late changes that had to be reapplied
 * @property {Float32Array} [levels] readings of the master, as in levels.py, then a peak for each row
 * @property {number} [contextFrame] the context's frame at which songFrame sounds, where that is known
 * @property {number[]} waiting rows whose stems change later
 */
/**
 * LOAD: a stem whose chunks can be asked for. CHUNKS: one channel after the other.
 * @typedef {{ type: typeof LOAD, key: string, channels: number, frames: number }
 *     | { type: typeof CHUNKS, chunks: { key: string, chunk: number, purpose: "playback" | "offline", samples: Float32Array }[] }
 *     | { type: typeof STEM_FAILED, key: string }} StreamToWorker
 */
/** @typedef {{ type: typeof ATTACH, port: MessagePort } | { type: typeof CLOSE }} PageToWorklet */
/**
 * BLOCK: left, then right.
 * @typedef {{ type: typeof BLOCK, frame: number, samples: Float32Array<ArrayBuffer> }
 *     | { type: typeof RESET | typeof PAUSE }
 *     | { type: typeof STALL, frame: number }
 *     | { type: typeof PLAY, at?: number }} WorkerToWorklet
 */
/**
 * QUEUED, LATE: the worklet's position, and the end of what is queued.
 * @typedef {{ type: typeof QUEUED | typeof LATE, frame: number, position: number, end: number, samples?: Float32Array<ArrayBuffer> }
 *     | { type: typeof SCHEDULED | typeof MISSED }
 *     | { type: typeof REPORT } & Report} WorkletToWorker
 */
/** @typedef {{ position: number, contextFrame: number, playing: boolean, peaks: Peaks, underruns: number }} Report contextFrame: of the context, at the position */
