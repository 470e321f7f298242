// Addresses of the pages where tokens are forged and revealed: the site itself only plans.
import { parseUrl } from "../base/urls.js";
import { numberOf } from "../tokens/token-ids.js";

/**
 * The address for forging a song or an album; "" if the site names none.
 * @param {Data.Drop | null} drop @param {{ song?: string, album?: string, burn: string[] }} what slugs, and ids to burn
 */
export function forgeAddress(drop, { song = "", album = "", burn }) {
  return fill(drop?.forge_url, { song, album, burn: burn.map(numberOf).join(",") });
}

/**
 * The address for revealing a token; "" if the site names none.
 * @param {Data.Drop | null} drop @param {string} id
 */
export function revealAddress(drop, id) {
  return fill(drop?.reveal_url, { token_id: numberOf(id) });
}

/** @param {string | undefined} pattern @param {Record<string, string>} values */
function fill(pattern = "", values) {
  const filled = pattern.replace(/\{(\w+)\}/g, (placeholder, name) => encodeURIComponent(values[name] ?? placeholder).replaceAll("%2C", ","));
  return /^https:/i.test(filled) && parseUrl(filled) ? filled : "";
}
