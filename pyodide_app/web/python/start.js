// Python in a worker that makes no sound: the runtime, and the site's files as text.
import { _ } from "../language/phrases.js";
import { startPython as start } from "./runtime.js";
import { ROOT } from "../base/root.js";

const SILENT_SECONDS = 60;

/** Where a page's policy forbids WebAssembly the runtime hangs and says nothing. */
export async function startPython() {
  const late = new Promise((resolve, reject) => {
    const error = new Error(_("the Python runtime doesn't start in this browser"));
    setTimeout(reject, SILENT_SECONDS * 1000, error);
  });
  return Promise.race([start(), late]);
}

export async function text(address) {
  const answer = await fetch(new URL(address, ROOT));
  if (!answer.ok) throw new Error(_("%(address)s couldn't be loaded (HTTP %(status)s)", { address, status: answer.status }));
  return answer.text();
}

/** Of what went wrong in Python or on the way to it, the last line. */
export function reason(error) {
  return String(error?.message ?? error).trim().split("\n").at(-1);
}
