// The version of the site that this page belongs to: its modules' folder is named after their content.
import { _ } from "../language/phrases.js";

export const APP = new URL("../", import.meta.url);

/** Whether this version is no longer on the host: another one was deployed since the page was loaded. */
async function isGone() {
  try {
    const answer = await fetch(import.meta.url, { method: "HEAD", cache: "no-store" });
    return answer.status === 404;
  } catch {
    return false; // offline
  }
}

/**
 * The error to show for a module that could not be loaded.
 * @template E
 * @param {E} error shown if this version is still on the host
 */
export async function explainMissing(error) {
  return (await isGone()) ? new Error(_("this site has been updated; reload the page")) : error;
}

/**
 * Import a module lazily.
 * @template Module
 * @param {() => Promise<Module>} load
 */
export async function importLater(load) {
  try {
    return await load();
  } catch (error) {
    throw await explainMissing(error);
  }
}
