// A promise that is settled from outside.

/**
 * Promise.withResolvers() does the same, in Safari from 17.4 on.
 * @template [T=void]
 */
export function createDeferred() {
  /** @type {(value: T | PromiseLike<T>) => void} */
  let resolve = () => {};
  /** @type {Promise<T>} */
  const promise = new Promise((settle) => (resolve = settle));
  return { promise, resolve };
}
