// /provenance/: verifies the sealed tokens in the visitor's browser.
import { part } from "../base/dom.js";
import { reasonOf } from "../base/errors.js";
import { WorkerClient } from "../base/worker-client.js";
import { _, formatNumber } from "../language/phrases.js";
import { eachPage } from "../pages/page-life.js";

const WORKER = new URL("provenance-worker.js", import.meta.url);

/** @typedef {{ sealed: number, opened: number, problems: [words: string, given: Record<string, unknown>][] }} Outcome */

/** @returns {Promise<Outcome>} */
async function runVerifier() {
  const client = new WorkerClient(WORKER, { unavailable: _("the verifier could not be loaded") });
  try {
    return JSON.parse(await client.request("verify"));
  } finally {
    client.close(); // to free Python's memory
  }
}

/** @param {HTMLButtonElement} button @param {HTMLElement} status */
async function verify(button, status) {
  button.disabled = true;
  status.textContent = _("Starting Python…");
  try {
    const { sealed, opened, problems } = await runVerifier();
    const broken = problems.map(([words, given]) => _(words, given)).join("; ");
    status.textContent = broken
      ? _("Verification failed: %(problems)s.", { problems: broken })
      : _("Verified: the final hash matches the %(sealed)s hashes, and the %(opened)s opened tokens are what was sealed.", { sealed: formatNumber(sealed), opened: formatNumber(opened) });
  } catch (error) {
    status.textContent = _("Can't verify here: %(reason)s.", { reason: reasonOf(error) });
  }
  button.disabled = false;
}

eachPage((signal) => {
  if (!document.querySelector("[data-verify]")) return;
  const button = part(document, "verify", HTMLButtonElement);
  button.addEventListener("click", () => verify(button, part(document, "outcome")), { signal });
  button.hidden = false;
});
