// Timers that end with a signal.

/**
 * Call a function at an interval until the signal is aborted.
 * @param {number} milliseconds @param {() => void} act @param {AbortSignal} signal
 */
export function repeat(milliseconds, act, signal) {
  if (signal.aborted) return;
  // eslint-disable-next-line no-restricted-globals -- cleared when the signal is aborted
  const timer = setInterval(act, milliseconds);
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
}

/**
 * Resolves after a while; rejects with the signal's reason if it is aborted before.
 * @param {number} milliseconds @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
export function sleep(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const end = new AbortController();
    const timer = setTimeout(() => {
      end.abort();
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    }, { once: true, signal: end.signal });
  });
}
