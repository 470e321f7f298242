"""The comparison's site by staticjinja: ``python plain.py FACTS TEMPLATES OUT``.

One template for all pages, rules and contexts from data, as its documentation shows; autoescape is
on, and templates are compiled once.
"""

import json
import sys
from pathlib import Path

from staticjinja import Site

facts, templates, out = (Path(word) for word in sys.argv[1:])
site = json.loads((facts / "site.json").read_bytes())
pages = json.loads((facts / "pages.json").read_bytes())


def linked(data):
    """Return JSON that may stand in a page."""
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026")


def render(made, template, **_):
    """Write every page, and the JSON of those that are tokens."""
    for page in pages:
        target = out / page["address"] / "index.html"
        target.parent.mkdir(parents=True, exist_ok=True)
        template.stream(item=page).dump(str(target), "utf-8")
        if "metadata" in page:
            target = out / f"metadata/{page['id']}.json"
            target.parent.mkdir(exist_ok=True)
            target.write_text(json.dumps(page["metadata"], ensure_ascii=False), "utf-8")


made = Site.make_site(
    searchpath=str(templates),
    outpath=str(out),
    rules=[("base.html", render)],
    filters={},
    env_globals={"site": site, "linked": lambda data: __import__("markupsafe").Markup(linked(data))},
    env_kwargs={"autoescape": True, "trim_blocks": True, "lstrip_blocks": True},
    staticpaths=[],
)
out.mkdir(parents=True, exist_ok=True)
made.render_template(made.get_template("base.html"))
urls = "".join(f"<url><loc>{site['url']}/{page['address']}</loc></url>\n" for page in pages)
(out / "sitemap.xml").write_text(f"<urlset>{urls}</urlset>", "utf-8")
