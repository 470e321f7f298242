// URLs from strangers' words.

/**
 * null if it is none. URL.parse() does the same, in Safari from 18 on.
 * @param {string} address @param {URL} [base]
 */
export function parseUrl(address, base) {
  try {
    return new URL(address, base);
  } catch {
    return null;
  }
}
