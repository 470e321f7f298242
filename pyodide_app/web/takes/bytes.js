// Integers and strings as bytes: LEB128 varints, signed ones in zigzag form.
import { _ } from "../language/phrases.js";

const MOST_SLUG_BYTES = 200;
const VARINT_BYTES = 7; // 49 bits, which numbers hold exactly

export class Reader {
  #data;
  #at = 0;

  /** @param {Uint8Array<ArrayBuffer>} data */
  constructor(data) {
    this.#data = data;
  }

  /**
   * A whole number within limits.
   * @param {number} most @param {number} [least]
   */
  number(most, least = 0) {
    let value = 0;
    for (let nth = 0; nth < VARINT_BYTES; nth++) {
      if (this.#at >= this.#data.length) throw new Error(_("it is cut off"));
      const byte = this.#data[this.#at++];
      value += (byte & 0x7f) * 2 ** (7 * nth);
      if (byte < 0x80) return within(value, least, most);
    }
    throw new Error(_("it is damaged"));
  }

  /**
   * A whole number that may be negative.
   * @param {readonly [least: number, most: number]} range
   */
  signed([least, most]) {
    const zigzag = this.number(2 * Math.max(-least, most));
    return within(zigzag % 2 ? -(zigzag + 1) / 2 : zigzag / 2, least, most);
  }

  slug() {
    const size = this.number(MOST_SLUG_BYTES, 1);
    const word = this.#data.subarray(this.#at, this.#at + size);
    this.#at += size;
    if (word.length < size) throw new Error(_("it is cut off"));
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(word);
    } catch {
      throw new Error(_("it is damaged"));
    }
  }

  /**
   * A list after its length.
   * @template T
   * @param {number} most @param {number} least @param {() => T} read
   */
  list(most, least, read) {
    const length = this.number(most, least);
    /** @type {T[]} */
    const list = [];
    while (list.length < length) list.push(read());
    return list;
  }

  /** Throws unless everything has been read. */
  end() {
    if (this.#at !== this.#data.length) throw new Error(_("it is damaged"));
  }
}

export class Writer {
  /** @type {number[]} */
  #bytes = [];

  get bytes() {
    return new Uint8Array(this.#bytes);
  }

  /** @param {number} value */
  number(value) {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#bytes.push((rest % 0x80) + 0x80);
    this.#bytes.push(rest);
  }

  /** @param {number} value */
  signed(value) {
    this.number(value >= 0 ? 2 * value : -2 * value - 1);
  }

  /** @param {string} text */
  slug(text) {
    const data = new TextEncoder().encode(text);
    this.number(data.length);
    this.#bytes.push(...data);
  }
}

/** @param {number} value @param {number} least @param {number} most */
function within(value, least, most) {
  if (!(value >= least && value <= most)) throw new Error(_("it has a value out of range: %(value)s", { value }));
  return value;
}
