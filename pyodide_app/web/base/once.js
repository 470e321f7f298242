// Lazy initialisation.

/**
 * A function that starts something at its first call and returns the same promise ever after; a failure is
 * forgotten, so that the next call tries again.
 * @template T
 * @param {() => Promise<T>} start
 * @returns {() => Promise<T>}
 */
export function once(start) {
  /** @type {Promise<T> | null} */
  let started = null;
  return () => {
    started ??= start().catch((error) => {
      started = null;
      throw error;
    });
    return started;
  };
}
