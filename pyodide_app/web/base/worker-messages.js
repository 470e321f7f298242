// Messages of worker-client.js and worker-host.js; workers have message types of their own besides.
export const CANCEL = "cancel"; // page to worker: a request is no longer wanted
export const DONE = "done"; // worker to page, as the rest: a request's result
export const FAILED = "failed";
export const PROGRESS = "progress"; // how much of a request is done, from 0 to 1
export const UNLOADED = "unloaded"; // the worker's module could not be imported

/**
 * An error as plain data; fatal: the worker cannot go on.
 * @typedef {{ message: string, fatal: boolean }} PlainError
 */
/**
 * @typedef {{ type: typeof DONE, id: number, value: any }
 *     | { type: typeof FAILED, id: number, error: PlainError }
 *     | { type: typeof PROGRESS, id: number, done: number }} HostMessage
 */
