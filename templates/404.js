// Nobody told this page where the site's root is: it is the nearest folder above with a collection.
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
