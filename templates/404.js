// Nobody told this page where the site's root is: it is the nearest folder above with a collection.
const link = document.querySelector("a");
for (let folder = new URL("./", location.href); ; folder = new URL("../", folder)) {
  const { ok } = await fetch(new URL("data/collection.json", folder), { method: "HEAD" });
  if (ok) {
    link.href = folder;
    link.textContent = {{ _("To the front page")|tojson }};
    link.parentElement.replaceChildren(link);
  }
  if (ok || folder.pathname === "/") break;
}
