// The gallery's query in the page's URL:
//   q=dusty&tier=stem,song&stem=undertow/drums/dusty&owner=0x52908400abcd..9ee7&sort=-number&view=list
import { SORTS } from "./search.js";
import { isAddressOf } from "./holders.js";

/** @import { Criteria } from "./search.js" */
/** @import { Facet, FacetValue } from "./token-facets.js" */
/** @import { Index } from "./token-index.js" */
/** @typedef {"sheet" | "cards" | "list"} View */
/** @typedef {Criteria & { view: View | "" }} Query */

/** @type {readonly View[]} */
export const VIEWS = ["sheet", "cards", "list"];
const LONGEST = 200;
const WHOLE_ADDRESS = /^0x[0-9a-f]{40}$/i;

/**
 * Parse a query; values that the index does not have are dropped.
 * @param {string} search @param {Pick<Index, "facets">} index
 * @returns {Query}
 */
export function readAddress(search, { facets }) {
  const given = new URLSearchParams(search);
  const chosen = Object.fromEntries(
    facets.map((facet) => {
      const slugs = (given.get(facet.name) ?? "").split(",").map((slug) => knownSlug(facet, slug));
      return [facet.name, [...new Set(slugs.filter((slug) => slug !== undefined))]];
    }),
  );
  return {
    words: (given.get("q") ?? "").slice(0, LONGEST),
    chosen,
    sort: oneOf(SORTS, given.get("sort")),
    view: oneOf(VIEWS, given.get("view")),
  };
}

/**
 * The view in a query, which is known before the index has loaded.
 * @param {string} search
 */
export function viewOf(search) {
  return oneOf(VIEWS, new URLSearchParams(search).get("view"));
}

/** @param {Query} query */
export function writeAddress({ words, chosen, sort, view }) {
  const given = [["q", words.trim()], ...Object.entries(chosen).map(([name, slugs]) => [name, slugs.join(",")]), ["sort", sort], ["view", view]];
  const parts = given.filter(([, value]) => value).map(([name, value]) => `${name}=${readable(value)}`);
  return parts.length ? `?${parts.join("&")}` : "";
}

/** @param {string} value */
function readable(value) {
  return encodeURIComponent(value).replaceAll("%2F", "/").replaceAll("%2C", ",").replaceAll("%20", "+");
}

/**
 * The slug of a facet's value; a whole address is replaced by its holder's slug.
 * @param {Facet} facet @param {string} slug
 */
function knownSlug({ name, values }, slug) {
  const isHolder = name === "owner" && WHOLE_ADDRESS.test(slug);
  const value = values.find((each) => each.slug === slug) ?? (isHolder ? values.find((each) => isAddressOf(each, slug)) : undefined);
  return value?.slug;
}

/**
 * @template {string} Name
 * @param {readonly Name[]} names @param {string | null} name
 * @returns {Name | ""}
 */
function oneOf(names, name) {
  return names.find((each) => each === name) ?? "";
}
