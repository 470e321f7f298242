// Links from a song's view to pages of this site.
import { createLink, siteAddress } from "../base/dom.js";
import { numberOf } from "../tokens/token-ids.js";

/** @param {string} id */
export function linkToToken(id) {
  return createLink(`#${numberOf(id)}`, siteAddress(`tokens/${id}/`));
}

/** @param {string} song @param {string} layer @param {string} stem all slugs */
export function stemAddress(song, layer, stem) {
  return siteAddress(`stems/${song}/${layer}/${stem}/`);
}
