// Injected by the preview server into the pages it serves, never written into dist/.
// The tag carries the build the page came from; the server streams what is told of the newest one.
const shown = document.currentScript.dataset.build;
const builds = new EventSource("/.stempress/reload");
let styled = shown;
builds.onmessage = ({ data }) => {
  const { page, style, fault } = JSON.parse(data);
  showFault(fault);
  if (fault) return;
  if (page !== shown) {
    builds.close();
    location.reload();
  } else if (style !== styled) {
    styled = style;
    for (const link of document.querySelectorAll("link[rel=stylesheet]")) renew(link, style);
  }
};

/** Take the new sheet, and let the old one go when it is there: the page never stands bare. */
function renew(link, style) {
  const address = new URL(link.href);
  address.search = style;
  const next = link.cloneNode();
  next.href = address.href;
  next.onload = () => link.remove();
  link.after(next);
}

/** Say over the page what is wrong with the last build; nothing when nothing is. */
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

// Browsers open six connections per host: a page that is left must give its own back.
addEventListener("pagehide", () => builds.close());
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
