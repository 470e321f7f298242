// Every message between the threads, named once. What they carry is written beside them.
//
//   page <-> worker      the worker's own messages
//   worker <-> worklet   a channel of their own: the page is not on the sound's way
//
// Frames are absolute: they count what has been played since the last RESET.

/** Page to worker. Each carries `id` and is answered by DONE or FAILED. */
export const OPEN = "open"; // {rate, frames, rows, bars, bpm}: a new song, and the end of the one before
export const ATTACH = "attach"; // {port}: the way to the worklet; to the worklet: the way to the worker
export const STEM = "stem"; // {key, channels: Float32Array[]}: a decoded stem; DONE carries its bytes
export const FORGET = "forget"; // {keys}: let go of stems
export const CHANGE = "change"; // {commands}: as session.py lists them
export const BOUNCE = "bounce"; // {bits, keys, tags}: DONE carries the file, a Blob
export const PROVE = "prove"; // {bits, keys, plain}: DONE carries the digest of the words
export const SURVEY = "survey"; // {keys}: DONE carries the mix's {integrated, range, truePeak}
export const CANCEL = "cancel"; // {what}: the id of a bounce
export const PLAY = "play"; // {at}: the context's frame to begin at, to the sample; none: now, faded in
export const PAUSE = "pause";

/** Worker to page. */
export const DONE = "done"; // {id, value}
export const FAILED = "failed"; // {id, message}
export const LOADING = "loading"; // {loaded, total}: bytes of the Python runtime
export const PROGRESS = "progress"; // {what, done}: the id of a bounce, and how much is done, from 0 to 1
export const AT = "at"; // {songFrame (-1: after the end), playing, peaks, underruns, lookAhead, late, levels, waiting}
export const ENDED = "ended"; // the song is over
export const ARMED = "armed"; // PLAY was in time: it begins at the frame it named
export const MISSED = "missed"; // PLAY named a frame that was over

/** Page to worklet; ATTACH besides. */
export const END = "end"; // there is nothing more to play: be gone

/** Worker to worklet; PLAY and PAUSE besides. */
export const BLOCK = "block"; // {frame, samples: Float32Array, left then right}
export const RESET = "reset"; // start anew at frame 0, with nothing queued

/** Worklet to worker; ARMED and MISSED besides. */
export const TAKEN = "taken"; // {frame, samples}: the block is queued; its buffer comes back
export const LATE = "late"; // {frame, position, end, samples}: refused, it has been played already; up to end is queued
export const REPORT = "report"; // {position, playing, peaks, underruns}
