"""What the artist writes, as HTML: a text is set once, whatever else changes."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup

from stempress.core.cache import cached_text
from stempress.output.input_hash import generator_hash


@lru_cache(maxsize=1024)
def to_html(text: str, root: str, under: int = 1) -> Markup:
    """Return Markdown as HTML that can do no harm, for a page from which ``root`` leads."""
    html = cached_text(typeset, text, root, under, version=generator_hash())
    return Markup(html)  # noqa: S704 - sanitised before it was kept


def typeset(text: str, root: str, under: int) -> str:
    """Set a text that is new."""
    from stempress.render import markdown as typesetting  # noqa: PLC0415 - takes long, and few texts are new

    return typesetting.typeset(text, root, under)
