// The site's version that this page was made with: the folder of its modules is named after their content.
import { _ } from "../language/phrases.js";
import { ROOT } from "./root.js";

export const APP = new URL("../", import.meta.url);

/** Whether another version has been deployed since, so that modules of this one may be gone. */
export async function isOutdated() {
  try {
    const answer = await fetch(new URL("app/files.json", ROOT), { cache: "no-store" });
    return answer.ok && !(await answer.text()).includes(`"${APP.href.slice(ROOT.href.length)}`);
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
  return (await isOutdated()) ? new Error(_("this site has been updated; reload the page")) : error;
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
