"""What pages, style sheets and modules name: addresses as they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ATTRIBUTES = {"action", "data", "href", "poster", "src", "srcset", "xlink:href"}
FOLLOWED = {"a", "area", "form"}
"""Tags whose address is visited when the visitor says so, not before."""
TOLD = {"alternate", "author", "license", "me", "next", "prev"}
"""Kinds of ``<link>`` that tell an address, and fetch nothing."""
_STYLED = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)|@import\s+["']([^"']+)["']""")
_IMPORTED = re.compile(
    r"""\b(?:from|import)\s*\(?\s*["']([./][^"'\n]*|https?:[^"'\n]+)["']"""
    r"""|\bnew URL\(\s*["']([^"'\n]+[^"'\n/])["']\s*,\s*import\.meta\.url"""
    r"""|\b(?:fetch|importScripts)\(\s*["']([./][^"'\n]*|https?:[^"'\n]+)["']"""
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Reference:
    """An address that a file names; what is ``fetched`` is so without the visitor's doing."""

    link: str
    fetched: bool


def in_markup(text: str) -> set[Reference]:
    """Return what a page or a drawing names."""
    reader = _Markup()
    reader.feed(text)
    return reader.found


def in_style(text: str) -> set[Reference]:
    """Return what a style sheet names."""
    return {Reference(link, fetched=True) for link in _links(_STYLED, _COMMENT.sub("", text))}


def in_module(text: str) -> set[Reference]:
    """Return what a module names in so many words; what it puts together is not seen."""
    return {Reference(link, fetched=True) for link in _links(_IMPORTED, _COMMENT.sub("", text))}


READERS: dict[str, Callable[[str], set[Reference]]] = {
    ".html": in_markup,
    ".svg": in_markup,
    ".css": in_style,
    ".js": in_module,
    ".mjs": in_module,
}


def _links(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    for match in pattern.finditer(text):
        yield next(filter(None, match.groups()))


class _Markup(HTMLParser):
    """Gathers references; of what stands between tags, style sheets alone are read."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[Reference] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Gather what a tag names."""
        relations = set((dict(attrs).get("rel") or "").lower().split()) if tag == "link" else set()
        if "canonical" in relations:
            return
        fetched = tag not in FOLLOWED and not relations & TOLD
        for name, value in attrs:
            if name in ATTRIBUTES and value is not None:
                links = _candidates(value) if name == "srcset" else [value.strip()]
                self.found.update(Reference(link, fetched) for link in links)

    def handle_data(self, data: str) -> None:
        """Read an inline style sheet."""
        if self.cdata_elem == "style":
            self.found |= in_style(data)


def _candidates(value: str) -> list[str]:
    return [part.split()[0] for part in value.split(",") if part.strip()]
