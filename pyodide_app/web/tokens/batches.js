// Requests for many items: in batches that the endpoint accepts, a few at a time.
import { RpcError } from "./rpc.js";

const AT_A_TIME = 3;
const MOST = { batch: 2500, calls: 250 }; // items of one request
const LEAST = 25; // smallest batch that is halved no further
export const TOO_LARGE = new Set(["limited", "unclear", "refused", "reverted"]); // what a smaller request may cure

/**
 * @template T
 * @param {T[]} items @param {number} size
 */
export function toSlices(items, size) {
  return Array.from({ length: Math.ceil(items.length / size) }, (nothing, nth) => items.slice(nth * size, (nth + 1) * size));
}

/**
 * Process items in batches; a batch that the endpoint rejects is halved, down to LEAST items, and later ones are
 * as small from the start.
 * @template T
 * @param {Map<string, number>} limits @param {"batch" | "calls"} kind @param {T[]} items
 * @param {(batch: T[]) => Promise<void>} ask @param {() => boolean} [isEnough]
 */
export function forEachBatch(limits, kind, items, ask, isEnough) {
  const most = () => Math.min(MOST[kind], limits.get(kind) ?? MOST[kind]);
  return forEachQueued(toSlices(items, most()), async (batch, queue) => {
    if (batch.length > most()) {
      queue.unshift(...toSlices(batch, most()));
      return;
    }
    try {
      await ask(batch);
    } catch (error) {
      if (!(error instanceof RpcError) || !TOO_LARGE.has(error.kind) || batch.length <= LEAST) throw error;
      limits.set(kind, Math.min(most(), Math.ceil(batch.length / 2)));
      queue.unshift(batch);
    }
  }, isEnough);
}

/**
 * Process a queue, a few items at a time, until it is empty or enough is found.
 * @template T
 * @param {T[]} queue @param {(item: T, queue: T[]) => Promise<void>} act
 */
export async function forEachQueued(queue, act, isEnough = () => false) {
  const work = async () => {
    while (queue.length && !isEnough()) await act(/** @type {T} */ (queue.shift()), queue);
  };
  try {
    await Promise.all(Array.from({ length: AT_A_TIME }, work));
  } finally {
    queue.length = 0; // after a failure, stop the other workers
  }
}
