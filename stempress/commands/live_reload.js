// Injected by the preview server into the pages it serves, never written into dist/.
// The script tag has the build of this page; the server streams the newest one.
const shown = document.currentScript?.dataset.build;
const builds = new EventSource("/.stempress/reload");
let styled = shown;
builds.onmessage = ({ data }) => {
  const { page, style, fault, step } = JSON.parse(data);
  showFault(fault);
  showFirstBuild(fault, step);
  if (fault) return;
  if (page !== shown) {
    builds.close();
    location.reload();
  } else if (style !== styled) {
    styled = style;
    /** @type {NodeListOf<HTMLLinkElement>} */
    const links = document.querySelectorAll("link[rel=stylesheet]");
    for (const link of links) renew(link, style);
  }
};

/**
 * Load the new sheet, and remove the old one when it is there: the page is never without style.
 * @param {HTMLLinkElement} link @param {string} style the build that it is of
 */
function renew(link, style) {
  const address = new URL(link.href);
  address.search = style;
  const next = /** @type {HTMLLinkElement} */ (link.cloneNode());
  next.href = address.href;
  next.onload = () => link.remove();
  link.after(next);
}

// In the top layer, where no style of the site moves or covers it; the site's own text may be large or tiny.
const BOX = `
  inset: auto 1rem 1rem; box-sizing: border-box; width: auto; max-width: 60rem; max-height: 50vh; overflow: auto;
  margin: 0 auto; padding: 0.75rem 1rem; border: 2px solid; font: 16px/1.5 system-ui, sans-serif;
`;
const FAULT = "margin: 0; border: 0; padding: 0; background: none; color: inherit; font: 14px/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere;";

/**
 * Say over the page what is wrong with the last build; nothing when nothing is. A dialog would take the focus, and the
 * page would scroll to it.
 * @param {string | null} fault
 */
function showFault(fault) {
  document.querySelector("[data-fault]")?.remove();
  if (!fault) return;
  const box = document.createElement("div");
  box.dataset.fault = "";
  box.setAttribute("role", "alert");
  const words = document.createElement("pre");
  words.textContent = fault;
  words.style.cssText = FAULT;
  const failed = document.querySelector("[data-failed]");
  if (failed) {
    box.append(words);
    failed.append(box);
    return;
  }
  const title = document.createElement("strong");
  title.textContent = "The build failed";
  box.append(title, words);
  box.style.cssText = BOX;
  box.popover = "manual";
  document.body.append(box);
  box.showPopover();
}

/**
 * Say on the page that stands in for the site how far its first build is, or that it has failed.
 * @param {string | null} fault of the last build
 * @param {[string, number, number] | null} step of the running one: title, steps done, all steps
 */
function showFirstBuild(fault, step) {
  /** @type {HTMLElement | null} */
  const building = document.querySelector("[data-building]");
  /** @type {HTMLElement | null} */
  const failed = document.querySelector("[data-failed]");
  if (!building || !failed) return;
  building.hidden = Boolean(fault && !step);
  failed.hidden = !building.hidden;
  document.title = (building.hidden ? failed : building).querySelector("h1")?.textContent ?? "";
  const bar = building.querySelector("progress");
  const words = building.querySelector("[role=status]");
  if (!bar || !words || !step) return;
  const [title, done, total] = step;
  words.textContent = `${title}: ${done} / ${total}`;
  bar.max = total || 1;
  bar.value = done;
}

// Browsers open six connections per host: a page that is left must give its own back.
window.onpagehide = () => builds.close();
window.onpageshow = ({ persisted }) => persisted && location.reload();
