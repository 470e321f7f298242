// The site's version that this page was made with: the folder of its modules is named after their content.
import { _ } from "../language/phrases.js";

export const APP = new URL("../", import.meta.url);

/** Whether this version is gone from the host: another has been deployed since the page was loaded. */
async function isGone() {
  try {
    const answer = await fetch(import.meta.url, { method: "HEAD", cache: "no-store" });
    return answer.status === 404;
  } catch {
    return false; // there is no network
  }
}

/**
 * Why a module could not be loaded, as an error for the visitor.
 * @template E
 * @param {E} error what to say if the site is as it was
 */
export async function explainMissing(error) {
  return (await isGone()) ? new Error(_("this site has been updated; reload the page")) : error;
}

/**
 * Load a module when it is wanted.
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
