// Fetches the files of stems while they play: their song's opening first, then slices of time; and goes on after the line has
// been lost.
/** @import { Piece } from "./opening.js" */
/** @import { StemFile } from "./transfer.js" */
import { _ } from "../language/phrases.js";
import { download, UnusableFile, WrongResponse } from "./download.js";
import { MOST_REQUESTS, nextRequest } from "./fetch-plan.js";
import { openingBytes, OpeningSplitter } from "./opening.js";
import { Transfer } from "./transfer.js";

const OPENING_SECONDS = 4; // that are requested of an opening; a host without ranges sends all of it
const OPENING_SHARE = 2 / 3; // of its stems that must be wanted for it to be worth fetching
const RETRY_MS = [250, 1000, 2000, 4000]; // after as many failures in a row; the last one from then on
const COURSE_SECONDS = 8; // reading that is no further ahead of what is needed need not jump
const MOST_FAILURES = 3; // in a row, of one file while the host answers

export class StemLoader {
  #onArrived;
  #onFailed;
  /** @type {Map<string, Transfer>} */
  #transfers = new Map();
  #playhead = 0;
  #offline = { keys: new Set(), seconds: 0 }; // of an offline render
  #hasRanges = true;
  #receivedAt = 0; // the time of the last bytes of any file
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;
  /** @type {{ stems: Set<Transfer>, abort: AbortController } | null} */
  #opening = null; // while it is fetched
  #hasOpened = false; // it has been requested

  /** @param {{ onArrived: () => void, onFailed: (key: string, error: Error) => void }} handlers */
  constructor({ onArrived, onFailed }) {
    this.#onArrived = onArrived;
    this.#onFailed = onFailed;
  }

  /** Whether the host has answered requests for parts of files, as far as is known. */
  get hasRanges() {
    return this.#hasRanges;
  }

  /**
   * Start to fetch files of stems.
   * @param {Map<string, StemFile>} files by the stem's key @param {Data.Opening | null} opening of the song, with absolute addresses
   */
  add(files, opening) {
    for (const [key, file] of files) {
      if (!this.#transfers.has(key)) this.#transfers.set(key, new Transfer(key, file, (wanted) => this.#playheads(wanted)));
    }
    if (opening && !this.#hasOpened) this.#open(opening);
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
    this.#opening?.abort.abort();
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
    this.#opening?.abort.abort();
    for (const transfer of this.#transfers.values()) {
      if (!this.#steer(transfer) || !transfer.isBusy) continue;
      transfer.abort.abort();
      transfer.abort = new AbortController();
      transfer.isBusy = false;
    }
  }

  #request() {
    const transfers = [...this.#transfers.values()].filter((transfer) => !this.#opening?.stems.has(transfer));
    for (const transfer of transfers) if (!transfer.isBusy) this.#steer(transfer);
    for (let count = 0; count < MOST_REQUESTS; count++) {
      const request = nextRequest(transfers, this.#hasRanges, this.#opening ? 1 : 0);
      if (!request) return;
      this.#fetch(request.download, request.from, request.to);
    }
  }

  /**
   * Fetch the opening, if it has most of what is wanted.
   * @param {Data.Opening} opening
   */
  #open(opening) {
    const urls = new Set(opening.stems.map(({ url }) => url));
    const stems = [...this.#transfers.values()].filter(({ file, next }) => next === 0 && urls.has(file.url.href));
    if (stems.length < OPENING_SHARE * urls.size || stems.length < 2) return;
    this.#hasOpened = true;
    this.#fetchOpening(opening, new Set(stems));
  }

  /**
   * If it does not come, the stems' own files are fetched instead.
   * @param {Data.Opening} opening @param {Set<Transfer>} stems
   */
  async #fetchOpening(opening, stems) {
    const abort = new AbortController();
    this.#opening = { stems, abort };
    const { url, bytes: size } = opening;
    const to = openingBytes(opening, OPENING_SECONDS);
    try {
      const answer = await download({ url, from: 0, to, size }, this.#hasRanges, abort.signal);
      if (answer.to > to) this.#hasRanges = false;
      const splitter = new OpeningSplitter(opening);
      for await (const bytes of answer.bytes) {
        abort.signal.throwIfAborted();
        for (const piece of splitter.push(bytes)) this.#receivePiece(piece, stems);
        this.#receivedAt = performance.now();
        this.#onArrived();
      }
    } catch {
      // fetched from the stems' own files
    } finally {
      this.#opening = null;
    }
    this.#request();
  }

  /** @param {Piece} piece @param {Set<Transfer>} stems */
  #receivePiece({ url, offset, bytes }, stems) {
    for (const transfer of stems) {
      if (transfer.file.url.href !== url || this.#transfers.get(transfer.key) !== transfer) continue;
      try {
        receive(transfer.file, offset, bytes);
        transfer.next = offset + bytes.length;
      } catch (error) {
        this.#onFailed(transfer.key, /** @type {Error} */ (error));
      }
    }
  }

  /** @param {Transfer} transfer @param {number} from @param {number} to */
  async #fetch(transfer, from, to) {
    const { signal } = transfer.abort;
    const { url, bytes: size } = transfer.file;
    transfer.isBusy = true;
    transfer.next = to;
    let read = from;
    try {
      const answer = await download({ url, from, to, size }, this.#hasRanges, signal);
      signal.throwIfAborted();
      if (answer.to > to) this.#hasRanges = false;
      transfer.next = answer.to;
      for await (const bytes of answer.bytes) {
        signal.throwIfAborted(); // by now another request reads elsewhere
        receive(transfer.file, read, bytes);
        read += bytes.length;
        transfer.failures = 0;
        this.#receivedAt = performance.now();
        this.#onArrived();
      }
    } catch (error) {
      if (signal.aborted) return;
      transfer.next = read;
      this.#fail(transfer, error instanceof Error ? error : new Error(String(error)));
    } finally {
      if (!signal.aborted) transfer.isBusy = false;
    }
    this.#request();
  }

  /** @param {Transfer} transfer @param {Error} error */
  #fail(transfer, error) {
    if (transfer.failures++ === 0) transfer.failedAt = performance.now();
    transfer.hasFailed = true;
    const isAnswered = error instanceof WrongResponse || this.#receivedAt > transfer.failedAt; // the line is not lost
    if ((isAnswered && transfer.failures > MOST_FAILURES) || error instanceof UnusableFile) {
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
