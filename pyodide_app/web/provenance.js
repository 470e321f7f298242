// /provenance/: verify on the visitor's own device what the site says of sealed tokens.
const WORKER = new URL("provenance-worker.js", import.meta.url);

const button = document.querySelector("[data-verify]");
const status = document.querySelector("[data-outcome]");

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
      reject(new Error("the verifier could not be loaded"));
    };
  });
}

async function verify() {
  button.disabled = true;
  status.textContent = "Starting Python…";
  try {
    const { sealed, opened, problems } = await verified();
    status.textContent = problems.length
      ? `Broken: ${problems.join("; ")}.`
      : `Kept: the final hash follows from ${sealed} hashes, and ${opened} opened tokens are what was sealed.`;
  } catch (error) {
    status.textContent = `It cannot be verified here: ${error.message}.`;
  }
  button.disabled = false;
}

button.addEventListener("click", verify);
button.hidden = false;
