// /provenance/: verify on the visitor's own device what the site says of sealed tokens.
import { part } from "../base/dom.js";
import { reasonOf } from "../base/errors.js";
import { _, number } from "../language/phrases.js";
import { eachPage } from "../pages/page-life.js";

const WORKER = new URL("provenance-worker.js", import.meta.url);

/** @typedef {{ sealed: number, opened: number, problems: [words: string, given: Record<string, unknown>][] }} Outcome */

/** @returns {Promise<Outcome>} */
function runVerifier() {
  return new Promise((resolve, reject) => {
    const worker = new Worker(WORKER, { type: "module" });
    worker.onmessage = ({ data: { value, message } }) => {
      worker.terminate();
      if (message === undefined) resolve(JSON.parse(value));
      else reject(new Error(message));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(_("the verifier couldn't be loaded")));
    };
  });
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
      : _("Verified: the final hash matches the %(sealed)s hashes, and the %(opened)s opened tokens are what was sealed.", { sealed: number(sealed), opened: number(opened) });
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
