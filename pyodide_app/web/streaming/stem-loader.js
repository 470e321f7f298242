// Fetches the files of stems while they play, in slices of time, and goes on after the line has been lost.
/** @import { Download } from "./fetch-plan.js" */
import { MOST_REQUESTS, nextRequest } from "./fetch-plan.js";
import { _ } from "../language/phrases.js";

const RETRY_MS = [250, 1000, 2000, 4000]; // after as many failures in a row; the last one from then on
const IDLE_MS = 10_000; // a request that brings nothing for so long is aborted
const COURSE_SECONDS = 8; // reading that is no further ahead of what is needed need not jump
const MOST_FAILURES = 3; // in a row, of one file while others arrive
const TRANSIENT = new Set([408, 425, 429]); // and all from 500 on: the host may answer later

/** A file that the host does not have, or that cannot be decoded: requesting it again is no use. */
class UnusableFile extends Error {}

/**
 * @typedef {object} StemFile
 * @property {URL} url
 * @property {number} bytes
 * @property {number} seconds
 * @property {(playhead: number) => number} arrivedUntil seconds up to which it has arrived without a gap, from a playhead on; Infinity: all that is heard
 * @property {(playhead: number) => number} offsetOf where in the file to read for a playhead, in seconds; -1: anywhere
 * @property {(offset: number, bytes: Uint8Array) => void} receive bytes of the file, from an offset on
 */

class Transfer {
  next = 0;
  isBusy = false;
  hasFailed = false;
  failures = 0; // in a row
  failedAt = 0; // the time of the first of them
  #playheads;
  abort = new AbortController();

  /** @param {string} key @param {StemFile} file @param {(key: string) => number[]} playheads in seconds */
  constructor(key, file, playheads) {
    this.key = key;
    this.file = file;
    this.#playheads = playheads;
  }

  get bytes() {
    return this.file.bytes;
  }

  get seconds() {
    return this.file.seconds;
  }

  get ahead() {
    return this.#aheadOf(this.playhead);
  }

  /** The place from which on the least has arrived, in seconds. */
  get playhead() {
    return this.#playheads(this.key).reduce((least, other) => (this.#aheadOf(other) < this.#aheadOf(least) ? other : least));
  }

  /** @param {number} playhead */
  #aheadOf(playhead) {
    return this.file.arrivedUntil(playhead) - playhead;
  }
}

export class StemLoader {
  #onArrived;
  #onFailed;
  /** @type {Map<string, Transfer>} */
  #transfers = new Map();
  #playhead = 0;
  #offline = { keys: new Set(), seconds: 0 }; // of an offline render
  #hasRanges = true;
  #receivedAt = 0; // the time of the last bytes of any file
  #retry = 0; // a timer

  /** @param {{ onArrived: (key: string) => void, onFailed: (key: string, error: Error) => void }} handlers */
  constructor({ onArrived, onFailed }) {
    this.#onArrived = onArrived;
    this.#onFailed = onFailed;
  }

  /** @param {string} key @param {StemFile} file */
  add(key, file) {
    if (this.#transfers.has(key)) return;
    this.#transfers.set(key, new Transfer(key, file, (wanted) => this.#playheads(wanted)));
    this.#request();
  }

  /** @param {string} key */
  remove(key) {
    this.#transfers.get(key)?.abort.abort();
    this.#transfers.delete(key);
    this.#request();
  }

  /**
   * Fetch from a place on; called whenever the playhead moves.
   * @param {number} seconds
   */
  follow(seconds) {
    const hasJumped = seconds < this.#playhead || seconds > this.#playhead + 1;
    this.#playhead = seconds;
    if (hasJumped) this.#jump();
    this.#request();
  }

  /**
   * Fetch for an offline render as well.
   * @param {string[]} keys @param {number} seconds
   */
  need(keys, seconds) {
    this.#offline = { keys: new Set(keys), seconds };
    this.#request();
  }

  /** @param {string} key */
  #playheads(key) {
    return this.#offline.keys.has(key) ? [this.#playhead, this.#offline.seconds] : [this.#playhead];
  }

  /** Retry failed downloads. */
  retry() {
    for (const transfer of this.#transfers.values()) transfer.hasFailed = false;
    this.#request();
  }

  close() {
    clearTimeout(this.#retry);
    for (const { abort } of this.#transfers.values()) abort.abort();
    this.#transfers.clear();
  }

  /**
   * Read a file on from where the place that needs it most has its samples, unless that is on its way; returns whether
   * reading has jumped.
   * @param {Transfer} transfer
   */
  #steer(transfer) {
    const { file, playhead, ahead, bytes, seconds } = transfer;
    if (!this.#hasRanges || ahead === Infinity) return false;
    const end = playhead + Math.max(0, ahead);
    const from = file.offsetOf(end);
    const to = end + COURSE_SECONDS < seconds ? file.offsetOf(end + COURSE_SECONDS) : bytes - 1;
    if (from < 0 || (transfer.next >= from && transfer.next <= to)) return false;
    transfer.next = from;
    return true;
  }

  /** Abort requests for bytes that are not needed next. */
  #jump() {
    for (const transfer of this.#transfers.values()) {
      if (!this.#steer(transfer) || !transfer.isBusy) continue;
      transfer.abort.abort();
      transfer.abort = new AbortController();
      transfer.isBusy = false;
    }
  }

  #request() {
    for (const transfer of this.#transfers.values()) if (!transfer.isBusy) this.#steer(transfer);
    for (let count = 0; count < MOST_REQUESTS; count++) {
      const request = nextRequest([...this.#transfers.values()], this.#hasRanges);
      if (!request) return;
      this.#fetch(request.download, request.from, request.to);
    }
  }

  /** @param {Transfer} transfer @param {number} from @param {number} to */
  async #fetch(transfer, from, to) {
    const { signal } = transfer.abort;
    transfer.isBusy = true;
    transfer.next = to;
    let read = from;
    try {
      for await (const bytes of this.#read(transfer, from, to, signal)) {
        receive(transfer.file, read, bytes);
        read += bytes.length;
        transfer.failures = 0;
        this.#receivedAt = performance.now();
        this.#onArrived(transfer.key);
        if (signal.aborted) return;
      }
      if (read < to) throw new Error(_("the file is incomplete"));
    } catch (error) {
      if (signal.aborted) return;
      transfer.next = read;
      this.#fail(transfer, error instanceof Error ? error : new Error(String(error)));
    } finally {
      if (!signal.aborted) transfer.isBusy = false;
    }
    this.#request();
  }

  /**
   * @param {Transfer} transfer @param {number} from @param {number} to @param {AbortSignal} signal
   * @returns {AsyncGenerator<Uint8Array>}
   */
  async *#read(transfer, from, to, signal) {
    const timeout = new IdleTimeout(signal);
    try {
      yield* this.#readBody(transfer, from, to, timeout);
    } finally {
      timeout.end();
    }
  }

  /**
   * @param {Transfer} transfer @param {number} from @param {number} to @param {IdleTimeout} timeout
   * @returns {AsyncGenerator<Uint8Array>}
   */
  async *#readBody(transfer, from, to, timeout) {
    const isWhole = from === 0 && to === transfer.bytes;
    /** @type {HeadersInit} */
    const headers = isWhole || !this.#hasRanges ? {} : { Range: `bytes=${from}-${to - 1}` };
    const answer = await fetch(transfer.file.url, { headers, signal: timeout.signal });
    if (!answer.ok || !answer.body) throw httpError(answer.status);
    let skip = 0;
    if (answer.status !== 206) {
      if (!isWhole) this.#hasRanges = false;
      skip = from; // all of it comes, from its beginning
      transfer.next = transfer.bytes;
    }
    let left = transfer.next - from;
    for (const reader = answer.body.getReader(); left > 0; ) {
      const { done, value } = await reader.read();
      if (done) return;
      timeout.restart();
      const bytes = value.subarray(Math.min(skip, value.length));
      skip -= value.length - bytes.length;
      if (bytes.length) yield bytes.subarray(0, left);
      left -= bytes.length;
    }
  }

  /** @param {Transfer} transfer @param {Error} error */
  #fail(transfer, error) {
    if (transfer.failures++ === 0) transfer.failedAt = performance.now();
    transfer.hasFailed = true;
    const isAlone = transfer.failures > MOST_FAILURES && this.#receivedAt > transfer.failedAt;
    if (isAlone || error instanceof UnusableFile) {
      this.#onFailed(transfer.key, error);
      return;
    }
    const wait = RETRY_MS[Math.min(transfer.failures, RETRY_MS.length) - 1];
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.retry(), wait);
  }
}

/** @param {StemFile} file @param {number} offset @param {Uint8Array} bytes */
function receive(file, offset, bytes) {
  try {
    file.receive(offset, bytes);
  } catch (error) {
    throw new UnusableFile(_("the file is damaged"), { cause: error });
  }
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
  #timer = 0;

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
