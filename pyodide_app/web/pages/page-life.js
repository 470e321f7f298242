// The life of a page: until another one replaces it, which the router does within the same document.
//
//   eachPage(start)       calls start(signal) for the current page, and for every page that the router shows
//                         later. The signal is aborted when the page is left; start checks whether the page
//                         has anything for it
//   leavePage, enterPage  for the router. Classic scripts listen to the document's event "stempress:page"
let life = new AbortController();
/** @typedef {(signal: AbortSignal) => void} Start */
/** @type {Start[]} */
const starts = [];

/** @param {Start} start */
export function eachPage(start) {
  starts.push(start);
  start(life.signal);
}

export function leavePage() {
  life.abort();
}

export function enterPage() {
  life = new AbortController();
  for (const start of starts) start(life.signal);
  document.dispatchEvent(new Event("stempress:page"));
}
