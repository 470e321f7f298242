"""Cache keys of pages: a hash of the templates, the layout's view and the page's view."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from stempress.core.digests import digest_of
from stempress.views.kinds import page_view
from stempress.views.layout import layout_view
from stempress.views.shared_leaves import Leaves

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from stempress.site.excerpts import Excerpts
    from stempress.site.pages import Page, Section
    from stempress.site.source import Source


class ViewedPage(NamedTuple):
    """A page, and the leaves that its view is made of."""

    page: Page
    leaves: Leaves


class PageKeys:
    """Cache keys of what templates render: they are given what is hashed here, and nothing else.

    The same is true of bundles: their pages are planned and viewed from an excerpt of the site,
    whose hash is the bundle's key.

    ``are_late`` says that there is no earlier build: then keys are computed with the pages. Else
    they are computed by this process alone: the processes that render what has changed inherit the
    leaves, and after a change of one of 10,000 tokens a build takes a quarter less CPU time.
    """

    def __init__(
        self, leaves: Leaves, excerpts: Excerpts, own_templates: str, *, are_late: bool = False
    ) -> None:
        self._leaves, self._excerpts = leaves, excerpts
        self.are_late = are_late
        layout = layout_view(leaves.facts)
        self.layout = digest_of(excerpts.generator, own_templates, layout)
        self._leaves_of: dict[Source, Leaves] = {}

    def section(self, section: Section) -> str:
        """Return the key of a bundle of pages; empty for pages that are not bundled."""
        return self._source(section).key_with(self.layout) if section.kind else ""

    def pages(self, section: Section) -> list[ViewedPage]:
        """Return the pages of a section, those of a bundle as its excerpt has them."""
        if not section.kind:
            return [ViewedPage(page, self._leaves) for page in section.pages]
        source = self._source(section)
        if source not in self._leaves_of:
            self._leaves_of[source] = Leaves(source.facts)
        leaves = self._leaves_of[source]
        same = next(each for each in leaves.facts.plan.sections if each.name == section.name)
        return [ViewedPage(page, leaves) for page in same.pages]

    def _source(self, section: Section) -> Source:
        """Return what a bundle is made from: a song's tokens, a song with them, or everything."""
        excerpts, slug = self._excerpts, section.slug
        if not slug:
            return excerpts.everything
        is_of_tokens = section.kind == "tokens"
        return excerpts.token_pages(slug) if is_of_tokens else excerpts.song_with_tokens(slug)

    @cached_property
    def sitemap(self) -> str:
        """Key of the addresses of all pages, known before the pages of bundles are planned."""
        return digest_of(
            self.layout,
            [
                self.section(section) if section.kind else [page[:3] for page in section.pages]
                for section in self._leaves.facts.plan.sections
            ],
        )

    def pages_outside(self, current: AbstractSet[tuple[str, str]]) -> list[ViewedPage]:
        """Return the pages that are in none of the ``current`` bundles, given by name and key."""
        return [
            page
            for section in self._leaves.facts.plan.sections
            if (section.name, self.section(section)) not in current
            for page in self.pages(section)
        ]

    def page(self, page: ViewedPage) -> str:
        """Return the key of a page."""
        return self.of_view(page_view(page.leaves, page.page))

    def of_view(self, view: object) -> str:
        """Return the key of what is rendered from a view."""
        return digest_of(self.layout, view)
