"""Cache keys of pages: a hash of the templates, the layout's view and the page's view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.core import processes
from stempress.core.digests import digest_of
from stempress.views.kinds import page_view
from stempress.views.layout import layout_view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stempress.output.input_hash import InputHashes
    from stempress.site.pages import Page
    from stempress.views.shared_leaves import Leaves


class PageKeys:
    """Cache keys of what templates render: they are given what is hashed here, and nothing else."""

    def __init__(self, leaves: Leaves, inputs: InputHashes) -> None:
        self._leaves, self._keys = leaves, dict[str, str]()
        layout = layout_view(leaves.facts)
        self._layout = digest_of(inputs.generator, inputs.own_templates, layout)

    def compute(self, pages: Sequence[Page], jobs: int) -> None:
        """Compute the keys of many pages, by up to ``jobs`` processes."""
        if processes.start_method() != "fork":
            jobs = 1  # copying everything to other processes would take longer
        with processes.map_in_batches(self._pages, pages, jobs) as results:
            keys = [key for batch in results for key in batch]
        self._keys = dict(zip([page.address for page in pages], keys, strict=True))

    def _pages(self, pages: Sequence[Page]) -> list[str]:
        return [self._page(page) for page in pages]

    def page(self, page: Page) -> str:
        """Return the key of a page."""
        return self._keys.get(page.address) or self._page(page)

    def _page(self, page: Page) -> str:
        return self.of_view(page_view(self._leaves, page))

    def of_view(self, view: object) -> str:
        """Return the key of what is rendered from a view."""
        return digest_of(self._layout, view)
