// What is asked of the gallery, as the part of an address behind its "?":
//   q=dusty&tier=stem,song&stem=undertow/drums/dusty&owner=0x52908400abcd..9ee7&sort=-number&view=list
import { SORTS } from "./search.js";
import { isAddressOf } from "./token-index.js";

export const VIEWS = ["sheet", "cards", "list"];
const LONGEST = 200;
const WHOLE_ADDRESS = /^0x[0-9a-f]{40}$/i;

/** Read an address; what the index does not know is left out. */
export function readAddress(search, { facets }) {
  const given = new URLSearchParams(search);
  const chosen = Object.fromEntries(
    facets.map((facet) => {
      const slugs = (given.get(facet.name) ?? "").split(",").map((slug) => known(facet, slug));
      return [facet.name, [...new Set(slugs.filter(Boolean))]];
    }),
  );
  return {
    words: (given.get("q") ?? "").slice(0, LONGEST),
    chosen,
    sort: oneOf(SORTS, given.get("sort")),
    view: oneOf(VIEWS, given.get("view")),
  };
}

/** The view that an address asks for, which can be told before there is an index. */
export function viewOf(search) {
  return oneOf(VIEWS, new URLSearchParams(search).get("view"));
}

export function writeAddress({ words, chosen, sort, view }) {
  const given = [["q", words.trim()], ...Object.entries(chosen).map(([name, slugs]) => [name, slugs.join(",")]), ["sort", sort], ["view", view]];
  const parts = given.filter(([, value]) => value).map(([name, value]) => `${name}=${readable(value)}`);
  return parts.length ? `?${parts.join("&")}` : "";
}

function readable(value) {
  return encodeURIComponent(value).replaceAll("%2F", "/").replaceAll("%2C", ",").replaceAll("%20", "+");
}

function known({ name, values }, slug) {
  const found = values.find((value) => value.slug === slug);
  const holder = () => WHOLE_ADDRESS.test(slug) && values.find((value) => isAddressOf(value, slug));
  return (found ?? (name === "owner" && holder()))?.slug;
}

function oneOf(names, name) {
  return names.includes(name) ? name : "";
}
