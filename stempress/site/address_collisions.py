"""Pages whose files a file system or gateway would confuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.core.errors import Fault, SiteError
from stempress.core.slugs import fold_case

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stempress.collection.documents import Document
    from stempress.site.pages import Page


def check_collisions(pages: Iterable[Page]) -> None:
    """Raise SiteError if a file system or gateway would confuse two files (NFC, case folded)."""
    all_pages = list(pages)
    outputs = fold_case("\n".join([page.output for page in all_pages])).split("\n")
    if len(outputs) == len(set(outputs)):
        return
    page_of: dict[str, Page] = {}
    faults = []
    for page in all_pages:
        output = fold_case(page.output)
        if output in page_of:
            other: Document | str = page_of[output].title
            faults.append(
                Fault(
                    f"/{page.address}",
                    f"two pages have this address: {page.title!r} and {other!r}",
                    hint="rename one of them",
                )
            )
        page_of[output] = page
    if faults:
        raise SiteError(faults)
