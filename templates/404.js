// Finds the site's root, which this page does not know: the nearest parent folder with a collection.
const link = /** @type {HTMLAnchorElement} */ (document.querySelector("a"));
const place = /** @type {HTMLElement} */ (link.parentElement);
for (let folder = new URL("./", location.href); ; folder = new URL("../", folder)) {
  const { ok } = await fetch(new URL("data/collection.json", folder), { method: "HEAD" });
  if (ok) {
    link.href = folder.href;
    link.textContent = place.dataset.words ?? "";
    place.replaceChildren(link);
  }
  if (ok || folder.pathname === "/") break;
}
