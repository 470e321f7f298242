"""The same site by Pelican: a generator of its own, as plugins have them, and Pelican's writer."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from pelican import signals
from pelican.generators import Generator

from tools import JINJA, facts, linked, write_json, write_sitemap


class Pages(Generator):
    """Writes the pages that the data names."""

    def generate_output(self, writer: Any) -> None:  # noqa: ANN401 - Pelican's writer
        """Write every page, and the JSON of those that are tokens."""
        site, pages = facts("site"), facts("pages")
        template = self.get_template("base")
        for page in pages:
            context = {"site": site, "item": page}
            writer.write_file(f"{page['address']}index.html", template, context)
            if "metadata" in page:
                write_json(page)
        write_sitemap(site, pages)


def generators(_pelican: object) -> type[Generator]:
    """Name the generator; Pelican would forget a function that has no name."""
    return Pages


class Plugin:
    """Registers the generator."""

    __name__ = "pages"

    @staticmethod
    def register() -> None:
        """Have Pelican call the generator."""
        signals.get_generators.connect(generators)


PLUGINS = [Plugin]
PATH = "content"
THEME = "theme"
JINJA_ENVIRONMENT = JINJA
JINJA_FILTERS = {"linked": linked}
SITEURL = ""
DIRECT_TEMPLATES: list[str] = []
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
LOG_LEVEL = "ERROR"
CACHE_CONTENT = LOAD_CONTENT_CACHE = False
