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
