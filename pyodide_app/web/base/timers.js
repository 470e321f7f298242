// What repeats until a signal ends it.

/**
 * Call something again and again, first after the time given.
 * @param {number} milliseconds @param {() => void} act @param {AbortSignal} signal
 */
export function repeat(milliseconds, act, signal) {
  if (signal.aborted) return;
  // eslint-disable-next-line no-restricted-globals -- it ends with the signal
  const timer = setInterval(act, milliseconds);
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
}
