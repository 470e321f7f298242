// Abort signals that end with others.

/**
 * A signal that is aborted when one of others is, for their reason. AbortSignal.any() does the same, in Safari from 17.4 on.
 * @param {AbortSignal[]} signals
 */
export function anySignal(...signals) {
  const any = new AbortController();
  for (const signal of signals) {
    const abort = () => any.abort(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { signal: any.signal });
  }
  return any.signal;
}
