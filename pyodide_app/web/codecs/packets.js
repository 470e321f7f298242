// Compressed packets of a file as they arrive, by the positions that they cover: of Opus by number, of FLAC and Vorbis by
// frame.

/**
 * @typedef {object} PacketRun consecutive packets: number `nth` covers positions [starts[nth], starts[nth + 1])
 * @property {ArrayLike<number>} starts one more than there are packets
 * @property {ArrayLike<number>} offsets of the packets in `body`, one more than there are packets
 * @property {Uint8Array} body
 */

/** @typedef {{ start: number, end: number, bytes: Uint8Array }} Packet */

/** @typedef {{ channels: number, rate: number, frames: number, bytes: number }} StemFormat bytes: of its file */

/**
 * @typedef {object} EncodedFile what has arrived of a stem's file
 * @property {number} bytes that are kept
 * @property {boolean} hasHead whether its beginning has arrived, which says how to decode the rest
 * @property {() => void} onDamage called when a part cannot be decoded
 * @property {(offset: number) => (bytes: Uint8Array) => void} receiver takes bytes of the file, from an offset on
 * @property {(ranges: (readonly [from: number, to: number])[]) => void} keepOnly forgets what lies outside of all ranges of frames
 */

export class PacketStore {
  /** Compressed bytes that are kept. */
  bytes = 0;
  /** @type {PacketRun[]} */
  #runs = []; // in the order of their positions

  /**
   * Keep a run, unless one that begins at the same position is there.
   * @param {PacketRun} run
   */
  add(run) {
    const index = this.#indexAfter(run.starts[0]);
    if (this.#runs[index - 1]?.starts[0] === run.starts[0]) return;
    this.#runs.splice(index, 0, run);
    this.bytes += run.body.length;
  }

  /**
   * The packet that covers a position; null if it has not arrived.
   * @param {number} position
   * @returns {Packet | null}
   */
  at(position) {
    const run = this.#runs[this.#indexAfter(position) - 1];
    if (!run || position >= endOf(run)) return null;
    const { starts, offsets, body } = run;
    let nth = 0;
    while (starts[nth + 1] <= position) nth++;
    return { start: starts[nth], end: starts[nth + 1], bytes: body.subarray(offsets[nth], offsets[nth + 1]) };
  }

  /**
   * The first position from `position` on that has not arrived.
   * @param {number} position
   */
  arrivedUntil(position) {
    let until = position;
    for (let index = Math.max(0, this.#indexAfter(position) - 1); index < this.#runs.length; index++) {
      const run = this.#runs[index];
      if (run.starts[0] > until) break;
      until = Math.max(until, endOf(run));
    }
    return until;
  }

  /**
   * Drop what lies outside of all ranges.
   * @param {(readonly [from: number, to: number])[]} ranges of positions
   */
  keepOnly(ranges) {
    this.#runs = this.#runs.filter((run) => ranges.some(([from, to]) => endOf(run) > from && run.starts[0] < to));
    this.bytes = this.#runs.reduce((sum, { body }) => sum + body.length, 0);
  }

  /**
   * How many runs begin at or before a position.
   * @param {number} position
   */
  #indexAfter(position) {
    let [low, high] = [0, this.#runs.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#runs[middle].starts[0] <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** @param {PacketRun} run */
function endOf({ starts }) {
  return starts[starts.length - 1];
}
