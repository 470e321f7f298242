// Loads other pages of this site, with what they need to be shown in this document.
import { ROOT } from "../base/root.js";
import { APP } from "../base/version.js";
import { loadSheets } from "./style-sheets.js";

const DOORS = new URL("app/web/", ROOT);
const POLICY = "meta[http-equiv='Content-Security-Policy']";

/**
 * Whether a URL is a page of this site: they end in a slash.
 * @param {URL} url
 */
export function isPage(url) {
  return url.href.startsWith(ROOT.href) && url.pathname.endsWith("/");
}

/**
 * A page, and the address that it turned out to have; throws if it cannot be shown in this document.
 * @param {URL} url @param {AbortSignal} signal
 */
export async function fetchPage(url, signal) {
  const answer = await fetch(url, { signal });
  const isHtml = answer.headers.get("content-type")?.startsWith("text/html");
  const address = new URL(answer.url || url);
  address.hash = url.hash;
  if (!answer.ok || !isHtml || !isPage(address)) throw new Error("no page of this site");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  /** @param {Document} from */
  const policy = (from) => from.querySelector(POLICY)?.getAttribute("content");
  /** @param {Document} from */
  const collection = (from) => from.documentElement.dataset.collection;
  if (policy(page) !== policy(document) || collection(page) !== collection(document)) {
    throw new Error("a page of another kind");
  }
  if (!(await isOfThisVersion(page, address))) throw new Error("a page of another version");
  return { page, address };
}

/**
 * Modules of two versions do not mix. A page that names its script at the door does not say which it is; the door does.
 * @param {Document} page @param {URL} url
 */
async function isOfThisVersion(page, url) {
  const sources = [...page.querySelectorAll("script[src]")].map((script) => new URL(script.getAttribute("src") ?? "", url).href);
  const script = sources.find((source) => source.endsWith("/site.js")) ?? "";
  if (script && script !== new URL("site.js", DOORS).href) return script.startsWith(APP.href);
  const door = await fetch(new URL("bar.js", DOORS), { cache: "no-store" });
  return (await door.text()).includes(APP.href.slice(ROOT.href.length + "app/".length));
}

/**
 * Load the style sheets and modules of a page; return the function that applies its sheets, and them alone.
 * @param {Document} page @param {URL} url @param {AbortSignal} signal
 */
export async function loadResources(page, url, signal) {
  const sources = [...page.querySelectorAll("script[type=module][src]")].map((script) => script.getAttribute("src") ?? "");
  const modules = sources.map((source) => import(new URL(source, url).href));
  const [applySheets] = await Promise.all([loadSheets(page, url, signal), ...modules]);
  return applySheets;
}
