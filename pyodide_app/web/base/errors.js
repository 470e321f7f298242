// What went wrong, as a text. Anything can be thrown.

/** @param {unknown} error */
export function reasonOf(error) {
  return error instanceof Error ? error.message : String(error);
}
