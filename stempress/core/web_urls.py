"""Web addresses: http(s) URLs, and patterns of them that have placeholders."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from stempress.core.errors import suggestion

if TYPE_CHECKING:
    from collections.abc import Sequence

WEB_SCHEMES = ("http", "https")


def is_web_url(text: str) -> bool:
    """Return whether a text is the URL of a host; ValueError for an impossible port or IPv6."""
    parts = urlsplit(text)
    return parts.scheme in WEB_SCHEMES and bool(parts.hostname) and parts.port != 0


def url_fault(text: str, placeholders: Sequence[str] = ()) -> tuple[str, str] | None:
    """Return what is wrong with a URL and a hint, None if nothing is.

    ``placeholders`` are the names that may stand in it in braces.
    """
    if fault := _placeholder_fault(text, placeholders):
        return fault
    hint = ""
    try:
        if is_web_url(text) and not re.search(r"\s", text):
            return None
    except ValueError as error:
        hint = str(error)
    return "must be a URL that begins with https:// or http://", hint


def _placeholder_fault(text: str, placeholders: Sequence[str]) -> tuple[str, str] | None:
    names = re.findall(r"\{([^{}]*)\}", text)
    unknown = [name for name in names if name not in placeholders]
    if unknown:
        hint = suggestion(unknown[0], placeholders)
        return f"has an unknown placeholder {{{unknown[0]}}}", hint
    if placeholders and re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", text)):
        hint = ", ".join(f"{{{name}}}" for name in placeholders)
        return "has a brace that is no placeholder's", f"placeholders: {hint}"
    return None
