/**
 * Two pieces of a file as one.
 * @param {Uint8Array<ArrayBuffer>} first @param {Uint8Array} second
 */
export function joined(first, second) {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
