// /provenance/: verify on the visitor's own device what the site says of sealed tokens.
import { _, number } from "../language/phrases.js";
import { eachPage } from "../pages/page-life.js";

const WORKER = new URL("provenance-worker.js", import.meta.url);

function verified() {
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

async function verify(button, status) {
  button.disabled = true;
  status.textContent = _("Starting Python…");
  try {
    const { sealed, opened, problems } = await verified();
    const broken = problems.map(([words, given]) => _(words, given)).join("; ");
    status.textContent = broken
      ? _("Verification failed: %(problems)s.", { problems: broken })
      : _("Verified: the final hash matches the %(sealed)s hashes, and the %(opened)s opened tokens are what was sealed.", { sealed: number(sealed), opened: number(opened) });
  } catch (error) {
    status.textContent = _("Can't verify here: %(reason)s.", { reason: error.message });
  }
  button.disabled = false;
}

eachPage(() => {
  const button = document.querySelector("[data-verify]");
  if (!button) return;
  button.addEventListener("click", () => verify(button, document.querySelector("[data-outcome]")));
  button.hidden = false;
});
