// Injected by the preview server into the pages it serves, never written into dist/.
// The script tag has the build of this page; the server streams the newest one.
const shown = document.currentScript?.dataset.build;
const builds = new EventSource("/.stempress/reload");
let styled = shown;
builds.onmessage = ({ data }) => {
  const { page, style, fault, step } = JSON.parse(data);
  showFault(fault);
  showProgress(step);
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

/**
 * Say over the page what is wrong with the last build; nothing when nothing is.
 * @param {string | null} fault
 */
function showFault(fault) {
  document.querySelector("dialog[data-fault]")?.remove();
  if (!fault) return;
  const dialog = document.createElement("dialog");
  dialog.dataset.fault = "";
  dialog.setAttribute("aria-label", "The build failed");
  const words = document.createElement("pre");
  words.textContent = fault;
  words.style.whiteSpace = "pre-wrap";
  dialog.append(words);
  document.body.append(dialog);
  dialog.show();
}

/**
 * Say on the page that stands in for the site how far its first build is.
 * @param {[string, number, number] | null} step title, steps done, all steps
 */
function showProgress(step) {
  const bar = document.querySelector("progress[data-build]");
  const words = bar?.parentElement?.querySelector("[role=status]");
  if (!(bar instanceof HTMLProgressElement) || !words || !step) return;
  const [title, done, total] = step;
  words.textContent = `${title}: ${done} / ${total}`;
  bar.max = total || 1;
  bar.value = done;
}

// Browsers open six connections per host: a page that is left must give its own back.
window.onpagehide = () => builds.close();
window.onpageshow = ({ persisted }) => persisted && location.reload();
