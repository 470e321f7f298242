// The time from an audio context to the loudspeaker.

/**
 * Seconds; 0 where it is not known.
 *
 * Not asked of Firefox: it reads it while it holds a lock that the worklet's thread waits for, and now and then the page
 * hangs for good (in version 153 after some hundred reads).
 * @param {AudioContext | null} [context]
 */
export function outputLatency(context) {
  const isFirefox = "mozInnerScreenX" in globalThis;
  return (isFirefox ? 0 : context?.outputLatency) || 0;
}
