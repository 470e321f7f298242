"""Helpers that run inside the other generators: data, token metadata and the sitemap."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from markupsafe import Markup

FACTS, OUT = Path(os.environ["FACTS"]), Path(os.environ["OUT"])
TEMPLATES = Path(__file__).with_name("templates")
JINJA = {"autoescape": True, "trim_blocks": True, "lstrip_blocks": True}


def facts(name: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return data written by export.py."""
    return json.loads((FACTS / f"{name}.json").read_bytes())


def linked(data: object) -> Markup:
    """Return JSON escaped for use in a page."""
    text = json.dumps(data, ensure_ascii=False)
    return Markup(text.replace("<", "\\u003c").replace("&", "\\u0026"))  # noqa: S704 - escaped


def write_json(page: dict[str, Any]) -> None:
    """Write the metadata of a token."""
    target = OUT / f"metadata/{page['id']}.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(page["metadata"], ensure_ascii=False), "utf-8")


def write_sitemap(site: dict[str, Any], pages: list[dict[str, Any]]) -> None:
    """Write the sitemap."""
    urls = "".join(f"<url><loc>{site['url']}/{page['address']}</loc></url>\n" for page in pages)
    (OUT / "sitemap.xml").write_text(f"<urlset>{urls}</urlset>", "utf-8")
