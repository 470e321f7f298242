// The opening of a song: a file with the beginnings of several stems, interleaved by time, so that one request brings what
// sounds soonest of all of them. Its parts are bytes of the stems' own files; openings.py writes it.

/** @typedef {{ url: string, offset: number, bytes: Uint8Array }} Piece of a stem's file, from an offset on */

/**
 * How many bytes of an opening hold the first seconds of the stems.
 * @param {Data.Opening} opening @param {number} seconds
 */
export function openingBytes({ times, stems }, seconds) {
  const found = times.findIndex((time) => time >= seconds);
  const part = found < 0 ? times.length - 1 : found;
  return stems.reduce((sum, { ends }) => sum + ends[part], 0);
}

/** Splits an opening, whose bytes come in pieces of any size, into pieces of the stems' files. */
export class OpeningSplitter {
  #stems;
  #part = 0;
  #stem = 0;
  #offset = 0; // in the stem's file

  /** @param {Data.Opening} opening */
  constructor({ stems }) {
    this.#stems = stems;
  }

  /**
   * @param {Uint8Array} bytes
   * @returns {Piece[]}
   */
  push(bytes) {
    const pieces = [];
    for (let done = 0; done < bytes.length; ) {
      const { url, ends } = this.#stems[this.#stem];
      if (this.#part === ends.length) throw new Error("the opening is too long");
      const size = Math.min(bytes.length - done, ends[this.#part] - this.#offset);
      if (size > 0) pieces.push({ url, offset: this.#offset, bytes: bytes.subarray(done, done + size) });
      done += size;
      this.#offset += size;
      if (this.#offset === ends[this.#part]) this.#advance();
    }
    return pieces;
  }

  #advance() {
    this.#stem = (this.#stem + 1) % this.#stems.length;
    if (this.#stem === 0) this.#part++;
    this.#offset = this.#part ? this.#stems[this.#stem].ends[this.#part - 1] : 0;
  }
}
