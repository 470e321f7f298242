// The worker's end of worker-client.js.
import { _ } from "../language/phrases.js";
import { CANCEL, DONE, FAILED, PROGRESS } from "./worker-messages.js";

/** @import { PlainError } from "./worker-messages.js" */
/** @typedef {{ signal: AbortSignal, report: (done: number) => void }} Request */

/**
 * Answer the page's requests: a request's type is the name of the method.
 * @param {Record<string, (message: any, request: Request) => unknown>} methods
 */
export function answerRequests(methods) {
  /** @type {Map<number, AbortController>} */
  const running = new Map();
  self.onmessage = ({ data }) => {
    if (data.type === CANCEL) running.get(data.id)?.abort();
    else answer(data);
  };
  self.onmessageerror = () => {
    throw new Error(_("a message between page and worker couldn't be read")); // reaches the page as an error event
  };

  async function answer(/** @type {{ id: number, type: string }} */ data) {
    const { id, type } = data;
    const life = new AbortController();
    running.set(id, life);
    try {
      const report = (/** @type {number} */ done) => postMessage({ type: PROGRESS, id, done });
      const value = await methods[type](data, { signal: life.signal, report });
      postMessage({ type: DONE, id, value });
    } catch (error) {
      postMessage({ type: FAILED, id, error: plainError(error) });
    } finally {
      running.delete(id);
    }
  }
}

/**
 * An error as plain data; of a Python traceback, only the line with the message.
 * @param {any} error
 * @returns {PlainError}
 */
function plainError(error) {
  const lines = String(error?.message ?? error).trim().split("\n");
  const message = lines.findLast((line) => /^[\w.]+: /.test(line)) ?? lines[lines.length - 1];
  // Pyodide marks fatal errors; after WebAssembly's own errors its memory is in an unknown state.
  const fatal = Boolean(error?.pyodide_fatal_error) || error?.name === "RuntimeError";
  return { message, fatal };
}
