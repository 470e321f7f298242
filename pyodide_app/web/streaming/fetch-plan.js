// Which bytes to ask for next. What sounds soonest comes first, so requests go by time, never by stem: hosts that speak
// HTTP/1.1 get six connections, and nine whole files on them would leave three stems without their first second.

const FIRST_SECONDS = 1; // of every stem, before anything else
const SEEK_SECONDS = 2.5; // after a seek: what is decoded before the place as well
const SLICE_SECONDS = 4;
export const MOST_REQUESTS = 6;

/**
 * @typedef {object} Download of a stem, as far as it has come
 * @property {number} bytes of the file
 * @property {number} seconds of the file
 * @property {number} next the file's first byte that no request has asked for, reading on from the last
 * @property {boolean} isBusy whether a request is on its way
 * @property {boolean} hasFailed
 * @property {number} most seconds to have ahead of playback
 * @property {number} ahead seconds that have arrived from the playhead on; Infinity: up to the end
 */

/** @typedef {{ download: Download, from: number, to: number }} Request bytes [from, to) of the file */

/**
 * The next request; null if there is nothing to ask for now. Slices are longer the more has arrived.
 * @template {Download} T
 * @param {readonly T[]} downloads @param {boolean} hasRanges whether the host answers requests for ranges
 * @param {number} [others] requests that are on their way besides
 * @returns {{ download: T, from: number, to: number } | null}
 */
export function nextRequest(downloads, hasRanges, others = 0) {
  if (downloads.filter(({ isBusy }) => isBusy).length + others >= MOST_REQUESTS) return null;
  const waiting = downloads.filter(({ isBusy, hasFailed, next, bytes, ahead, most }) => !isBusy && !hasFailed && next < bytes && ahead < most);
  if (!waiting.length) return null;
  const download = waiting.reduce((least, other) => (other.ahead < least.ahead ? other : least));
  const { bytes, seconds, next, ahead } = download;
  const slice = Math.min(SLICE_SECONDS, Math.max(next ? SEEK_SECONDS : FIRST_SECONDS, ahead));
  const size = Math.ceil((bytes / seconds) * slice);
  return { download, from: next, to: hasRanges ? Math.min(bytes, next + size) : bytes };
}
