// The version of the site that this page belongs to: its modules' folder is named after their content.
import { _ } from "../language/phrases.js";

export const APP = new URL("../", import.meta.url);

/**
 * The error to show for a module that could not be loaded.
 * @template E
 * @param {E} error shown if neither is so: this version is no longer on the host, since another one was deployed after the
 *   page was loaded; the host does not send scripts as such
 * @param {string} [url] the module's; this one's, if the other has the same suffix
 */
export async function explainMissing(error, url = import.meta.url) {
  const answer = await fetch(url, { method: "HEAD", cache: "no-store" }).catch(() => null); // offline
  const type = answer?.headers.get("Content-Type") ?? "";
  if (answer?.status === 404 && url === import.meta.url) return new Error(_("this site has been updated; reload the page"));
  if (!answer?.ok || /(java|ecma)script/i.test(type)) return error;
  return new Error(_("this host sends scripts as %(type)s, and not as text/javascript", { type }));
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
