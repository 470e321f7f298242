// Responses that are not the file that was requested.
import { _ } from "../language/phrases.js";

/** Whether a web page was sent, as some hosts do for what is missing, and networks for which one has to sign in. */
export function isWebPage(/** @type {Response} */ { headers }) {
  return /^\s*text\/html/i.test(headers.get("Content-Type") ?? "");
}

/**
 * Throw if a response has not got the file.
 * @param {Response} answer @param {string} address for the message
 */
export function checkAnswer(answer, address) {
  const { ok, status } = answer;
  if (!ok) throw new Error(_("%(address)s couldn't be loaded (HTTP %(status)s)", { address, status }));
  if (isWebPage(answer)) throw new Error(_("%(address)s couldn't be loaded: a web page was sent in its place", { address }));
}
