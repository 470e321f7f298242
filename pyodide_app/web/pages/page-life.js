// A page's life: from when it is shown until another takes its place, be that in the same document.
//
//   eachPage(start)   calls start(signal) for the page that is there, and for each that the router
//                     shows later; signal is aborted when the page is left. start looks whether the
//                     page has anything for it
//   leave, arrive     are the router's; classic scripts hear of a new page by the document's event
//                     "stempress:page"
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
