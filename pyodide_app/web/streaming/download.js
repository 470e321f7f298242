// Downloads parts of files, also from hosts that send whole files only.
import { isWebPage } from "../base/answers.js";
import { _ } from "../language/phrases.js";

const IDLE_MS = 10_000; // a request that brings nothing for so long is aborted
const TRANSIENT = new Set([408, 425, 429]); // and all from 500 on: the host may answer later

/** A file that the host does not have, or that cannot be decoded: requesting it again is no use. */
export class UnusableFile extends Error {}

/** The host has answered, but not with the whole file. */
export class WrongResponse extends Error {}

/** @typedef {{ url: URL | string, from: number, to: number, size: number }} Part bytes [from, to) of a file of `size` bytes */

/**
 * Request a part of a file; resolves when the host has begun to answer. A host without ranges sends all of the file: `to` is
 * where the bytes will end.
 * @param {Part} part @param {boolean} hasRanges whether to ask for a range @param {AbortSignal} signal
 * @returns {Promise<{ to: number, bytes: AsyncGenerator<Uint8Array> }>}
 */
export async function download({ url, from, to, size }, hasRanges, signal) {
  const timeout = new IdleTimeout(signal);
  try {
    const isWhole = from === 0 && to === size;
    /** @type {HeadersInit} */
    const headers = isWhole || !hasRanges ? {} : { Range: `bytes=${from}-${to - 1}` };
    const answer = await fetch(url, { headers, signal: timeout.signal });
    const isCut = answer.status === 416 || (answer.ok && statedSize(answer) < size);
    if (answer.ok && isWebPage(answer)) throw new WrongResponse(_("a web page was sent in its place"));
    if (isCut) throw new UnusableFile(_("the file is incomplete"));
    if (!answer.ok || !answer.body) throw httpError(answer.status);
    const isRange = answer.status === 206;
    const end = isRange ? to : size;
    return { to: end, bytes: read(answer.body.getReader(), isRange ? 0 : from, end - from, timeout) };
  } catch (error) {
    timeout.end();
    throw error;
  }
}

/**
 * @param {ReadableStreamDefaultReader<Uint8Array>} reader @param {number} skip bytes that are not wanted
 * @param {number} count of the bytes after them @param {IdleTimeout} timeout
 * @returns {AsyncGenerator<Uint8Array>}
 */
async function* read(reader, skip, count, timeout) {
  try {
    while (count > 0) {
      const { done, value } = await reader.read();
      if (done) throw new WrongResponse(_("the file is incomplete"));
      timeout.restart();
      const bytes = value.subarray(Math.min(skip, value.length)).subarray(0, count);
      skip = Math.max(0, skip - value.length);
      count -= bytes.length;
      if (bytes.length) yield bytes;
    }
  } finally {
    timeout.end();
    reader.cancel().catch(() => {}); // it is read to its end, or has failed
  }
}

/**
 * The size of the whole file as the host states it; Infinity if it does not.
 * @param {Response} answer
 */
function statedSize({ status, headers, type }) {
  if (status === 206) return Number(/\/(\d+)$/.exec(headers.get("Content-Range") ?? "")?.[1] ?? Infinity);
  const isPlain = type !== "cors" && !headers.has("Content-Encoding"); // which CORS hides
  return Number((isPlain && headers.get("Content-Length")) || Infinity);
}

/** @param {number} status */
function httpError(status) {
  const words = _("HTTP %(status)s", { status });
  return status >= 500 || TRANSIENT.has(status) ? new Error(words) : new UnusableFile(words);
}

/** Aborts a request that has been idle for long, or that is aborted by a signal. */
class IdleTimeout {
  #abort = new AbortController();
  #end = new AbortController(); // of listening
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {AbortSignal} signal */
  constructor(signal) {
    signal.addEventListener("abort", () => this.#abort.abort(signal.reason), { signal: this.#end.signal });
    this.restart();
  }

  get signal() {
    return this.#abort.signal;
  }

  restart() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#abort.abort(new Error(_("the host has stopped answering"))), IDLE_MS);
  }

  end() {
    clearTimeout(this.#timer);
    this.#end.abort();
  }
}
