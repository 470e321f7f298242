"""HTML pages, feeds and other files rendered from templates, which a site may override."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from stempress.output.output_files import LATE, Bundle, OutputFile
from stempress.render.oembed import sharing_files
from stempress.render.page_renderer import PageRenderer
from stempress.views.feeds import music_feed, notes_feed, sitemap
from stempress.views.podcast import podcast

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stempress.site.excerpts import Excerpts
    from stempress.site.facts import SiteFacts
    from stempress.site.pages import Section
    from stempress.views.page_keys import PageKeys
    from stempress.views.shared_leaves import Leaves


def render_site(
    leaves: Leaves, site: Path, excerpts: Excerpts, page_keys: PageKeys
) -> Iterator[OutputFile | Bundle]:
    """Yield all pages, the theme, the feeds, the sitemap, and files for hosts and robots.

    If one of the site's own templates fails, building the file raises SiteError with the template's
    name and line.
    """
    facts, renderer = leaves.facts, PageRenderer(leaves, site)

    def pages(section: Section) -> Iterator[OutputFile]:
        for viewed in page_keys.pages(section):
            key = LATE if page_keys.are_late else page_keys.page(viewed)
            render = partial(renderer.page_with_key, viewed, page_keys.layout)
            yield OutputFile(viewed.page.output, render, key)

    for section in facts.plan.sections:
        if section.kind:
            yield Bundle(section.name, page_keys.section(section), partial(pages, section))
        else:
            yield from pages(section)
    yield from _other_files(renderer, facts, page_keys)

    def sitemap_file() -> list[OutputFile]:
        view = sitemap(facts.plan.pages)
        return [_other_file(renderer, page_keys, "sitemap.xml", "sitemap.xml", view)]

    yield Bundle("sitemap", page_keys.sitemap, sitemap_file)
    yield from sharing_files(excerpts)


def player_files(leaves: Leaves, site: Path, page_keys: PageKeys) -> Iterator[OutputFile]:
    """Yield the pages of embedded players, and the theme: they are written with all others."""
    renderer = PageRenderer(leaves, site)
    for section in leaves.facts.plan.sections:
        if section.kind == "songs":
            for viewed in page_keys.pages(section):
                if viewed.page.template == "embed.html":
                    yield OutputFile(viewed.page.output, partial(renderer.page, viewed))
    yield _other_file(renderer, page_keys, "assets/theme.css", "theme.css", None)


def _other_files(
    renderer: PageRenderer, facts: SiteFacts, page_keys: PageKeys
) -> Iterator[OutputFile]:
    """Yield the files of templates that are no pages, but for the sitemap."""
    settings = facts.collection.settings
    views = {
        "assets/theme.css": ("theme.css", None),
        "feed.xml": ("feed.xml", notes_feed(facts)),
        "music.xml": ("music.xml", music_feed(facts)),
        **({"podcast.xml": ("podcast.xml", podcast(facts))} if settings.url else {}),
        "robots.txt": ("robots.txt", None),
        "_headers": ("headers.txt", None),
        "_redirects": ("redirects.txt", None),
    }
    for address, (template, view) in views.items():
        yield _other_file(renderer, page_keys, address, template, view)


def _other_file(
    renderer: PageRenderer, page_keys: PageKeys, address: str, template: str, view: object
) -> OutputFile:
    return OutputFile(address, partial(renderer.file, template, view), page_keys.of_view(view))
