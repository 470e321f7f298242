// Offline use: serves visited and kept pages when there is no network. Network first, so that pages are never out
// of date; if anything fails here, the network's response is used.
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const { scope } = worker.registration;
const VERSION = 1; // raise it when existing caches become unreadable
const VISITED = `stempress ${VERSION} visited ${scope}`;
const KEPT = `stempress ${VERSION} kept ${scope}`;
const MOST_VISITED = 400;
const PATIENCE = 5000; // ms, until a cached page is shown instead of waiting longer
const NEVER_CHANGES = /\/audio\/[0-9a-f]{16,}\.\w+$/; // named after its content
const VERSIONS = /\bapp\/[0-9a-f]{12}\//g; // folders of modules and style sheets, named after their content
/** @type {string} */
const APP = Reflect.get(globalThis, "siteApp") ?? ""; // the folder of this version: a build writes it before this file

/**
 * The site's language: a build for another one than English writes it before this file, for a classic
 * worker imports no modules. `forms` are the sentences by the English ones.
 * @typedef {{ lang: string, dir: string, forms: Record<string, string[]> }} Language
 */
/** @type {Language} */
const LANGUAGE = Reflect.get(globalThis, "siteLanguage") ?? { lang: "en", dir: "ltr", forms: {} };

worker.oninstall = () => worker.skipWaiting();
worker.onactivate = (event) => event.waitUntil(Promise.allSettled([tidy().then(forgetVersions), worker.clients.claim()]));
worker.onfetch = (event) => {
  const { request } = event;
  if (request.method === "GET" && request.url.startsWith(scope)) {
    event.respondWith(answer(event));
  }
};

/** @param {FetchEvent} event */
async function answer(event) {
  const { request } = event;
  if (NEVER_CHANGES.test(request.url)) {
    const kept = await findKept(request);
    if (kept) return ranged(request, kept);
  }
  const fetching = fetch(request);
  if (request.mode === "navigate") {
    const soon = await Promise.race([fetching.catch(() => null), after(PATIENCE)]);
    const kept = soon ? null : await findKept(request);
    if (kept) return kept;
  }
  try {
    const response = await fetching;
    if (isWhole(request, response)) event.waitUntil(keep(request, response.clone()));
    const isGone = response.status === 404 && versionsIn(request.url).length > 0;
    return (isGone && (await findKept(request))) || response; // a page that is open may be of another version
  } catch (error) {
    const kept = await findKept(request);
    if (kept) return ranged(request, kept);
    if (request.mode !== "navigate") throw error;
    return offlinePage();
  }
}

/** @param {Request} request @param {Response} response */
function isWhole(request, response) {
  const isPlain = response.status === 200 && response.type === "basic" && !response.redirected;
  return isPlain && !request.headers.has("range") && !NEVER_CHANGES.test(request.url);
}

/** @param {Request} request @param {Response} response */
async function keep(request, response) {
  try {
    const isApp = request.url.startsWith(`${scope}app/`);
    const isPage = request.mode === "navigate"; // once, however it was linked to
    await (await caches.open(isApp ? KEPT : VISITED)).put(isPage ? pageAddress(request.url) : request, response);
    if (request.mode === "navigate") await tidy();
  } catch {
    // The cache is full or unreadable; the page has its response already.
  }
}

/** @param {Request} request */
async function findKept({ url, mode }) {
  const kept = await findAt(url);
  if (kept || mode !== "navigate") return kept;
  const { origin, pathname, search } = new URL(url);
  const page = await findAt(pageAddress(url));
  if (page) return page;
  // What hosts do with a folder's address without its slash: the page's links are relative to the folder.
  const folder = `${origin}${pathname}/`;
  return (await findAt(folder)) && Response.redirect(`${folder}${search}`);
}

/**
 * The response that is kept for an address, whatever its query.
 * @param {string} address
 */
async function findAt(address) {
  try {
    for (const name of [KEPT, VISITED]) {
      const response = await (await caches.open(name)).match(address, { ignoreSearch: true, ignoreVary: true });
      if (response?.ok) return response;
    }
  } catch {
    // The cache is unreadable: treat it as empty.
  }
  return null;
}

/**
 * The address that a page is kept at: without a query, and of a folder rather than its index.html.
 * @param {string} url
 */
function pageAddress(url) {
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(/\/index\.html$/, "/");
}

/**
 * Serve a range of a cached response: browsers request sound in ranges.
 * @param {Request} request @param {Response} response
 */
async function ranged(request, response) {
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("range") ?? "");
  if (!range) return response;
  const body = await response.blob();
  const [first, last] = [Number(range[1]), range[2] ? Math.min(Number(range[2]), body.size - 1) : body.size - 1];
  if (first > last) return new Response(null, { status: 416, headers: { "Content-Range": `bytes */${body.size}` } });
  const headers = new Headers(response.headers);
  headers.set("Content-Range", `bytes ${first}-${last}/${body.size}`);
  headers.set("Content-Length", String(last - first + 1));
  return new Response(body.slice(first, last + 1, body.type), { status: 206, headers });
}

/** Delete the caches of other versions, and the pages visited longest ago. */
async function tidy() {
  for (const name of await caches.keys()) {
    const isOurs = name.startsWith("stempress ") && name.endsWith(` ${scope}`);
    if (isOurs && name !== VISITED && name !== KEPT) await caches.delete(name);
  }
  const visited = await caches.open(VISITED);
  const requests = await visited.keys();
  for (const request of requests.slice(0, Math.max(0, requests.length - MOST_VISITED))) {
    await visited.delete(request);
  }
}

/** Modules go that are of a version of which no page is kept. */
async function forgetVersions() {
  const wanted = new Set(versionsIn(APP));
  for (const name of [KEPT, VISITED]) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const page = request.url.endsWith("/") ? await cache.match(request) : undefined;
      for (const version of versionsIn((await page?.text()) ?? "")) wanted.add(version);
    }
  }
  const kept = await caches.open(KEPT);
  for (const request of await kept.keys()) {
    if (versionsIn(request.url).some((version) => !wanted.has(version))) await kept.delete(request);
  }
}

/**
 * @param {string} text
 * @returns {string[]}
 */
function versionsIn(text) {
  return text.match(VERSIONS) ?? [];
}

/**
 * @param {number} milliseconds
 * @returns {Promise<null>}
 */
function after(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds, null));
}

function offlinePage() {
  const page = `<!doctype html><html lang="${LANGUAGE.lang}" dir="${LANGUAGE.dir}">
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${_("Offline")}</title><h1>${_("There is no network")}</h1>
<p>${_("This page has not been visited on this device.")} <a href="${scope}">${_("To the front page")}</a></p>`;
  return new Response(page, { status: 503, headers: { "Content-Type": "text/html" } });
}

/** @param {string} words */
function _(words) {
  return LANGUAGE.forms[words]?.[0] ?? words;
}
