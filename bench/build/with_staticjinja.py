"""Builds the site with staticjinja: one template, and a rule that renders all pages."""

from __future__ import annotations

from typing import Any

from staticjinja import Site

from tools import JINJA, OUT, TEMPLATES, facts, linked, write_json, write_sitemap

SITE, PAGES = facts("site"), facts("pages")


def render(_site: Site, template: Any, **_context: object) -> None:  # noqa: ANN401 - a Jinja template
    """Write every page, and the metadata of tokens."""
    for page in PAGES:
        target = OUT / page["address"] / "index.html"
        target.parent.mkdir(parents=True, exist_ok=True)
        template.stream(item=page).dump(str(target), "utf-8")
        if "metadata" in page:
            write_json(page)


site = Site.make_site(
    searchpath=str(TEMPLATES),
    outpath=str(OUT),
    rules=[("base.html", render)],
    filters={"linked": linked},
    env_globals={"site": SITE},
    env_kwargs=JINJA,
)
site.render_template(site.get_template("base.html"))
write_sitemap(SITE, PAGES)
