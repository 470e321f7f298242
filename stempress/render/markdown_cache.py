"""Cache of rendered Markdown: every text is rendered only once."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup

from stempress.core.cache import cached_text
from stempress.output.input_hash import generator_hash


@lru_cache(maxsize=1024)
def to_html(text: str, root: str, under: int = 1) -> Markup:
    """Return Markdown as sanitised HTML for a page with the relative path ``root`` to the root."""
    html = cached_text(render_markdown, text, root, under, version=generator_hash())
    return Markup(html)  # noqa: S704 - sanitised before it was cached


def render_markdown(text: str, root: str, under: int) -> str:
    """Render a text that is not cached."""
    from stempress.render import markdown  # noqa: PLC0415 - slow to import, rarely needed

    return markdown.render_markdown(text, root, under)
