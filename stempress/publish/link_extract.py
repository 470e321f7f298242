"""Links in pages, pictures, style sheets and modules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ATTRIBUTES = {"action", "data", "href", "poster", "src", "srcset", "xlink:href"}
NAVIGATION_TAGS = {"a", "area", "form"}
"""Tags whose address is only loaded when the visitor follows it."""
NAVIGATION_RELATIONS = {"alternate", "author", "license", "me", "next", "prev"}
"""Relations of ``<link>`` that load nothing."""
_STYLE_LINK = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)|@import\s+["']([^"']+)["']""")
_MODULE_LINK = re.compile(
    r"""\b(?:from|import)\s*\(?\s*["']([./][^"'\n]*|https?:[^"'\n]+)["']"""
    r"""|\bnew URL\(\s*["']([^"'\n]+[^"'\n/])["']\s*,\s*import\.meta\.url"""
    r"""|\b(?:fetch|importScripts)\(\s*["']([./][^"'\n]*|https?:[^"'\n]+)["']"""
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Reference:
    """A link as it is written; ``fetched`` if browsers load it without being asked."""

    link: str
    fetched: bool


def find_in_markup(text: str) -> set[Reference]:
    """Return the links of an HTML page or an SVG picture."""
    parser = _MarkupParser()
    parser.feed(text)
    return parser.references


def find_in_style(text: str) -> set[Reference]:
    """Return the links of a style sheet."""
    return {
        Reference(link, fetched=True) for link in _match_links(_STYLE_LINK, _COMMENT.sub("", text))
    }


def find_in_module(text: str) -> set[Reference]:
    """Return the links that a module contains as literals."""
    return {
        Reference(link, fetched=True) for link in _match_links(_MODULE_LINK, _COMMENT.sub("", text))
    }


EXTRACTORS: dict[str, Callable[[str], set[Reference]]] = {
    ".html": find_in_markup,
    ".svg": find_in_markup,
    ".css": find_in_style,
    ".js": find_in_module,
    ".mjs": find_in_module,
}


def _match_links(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    for match in pattern.finditer(text):
        yield next(filter(None, match.groups()))


class _MarkupParser(HTMLParser):
    """Collects the links of attributes and inline style sheets."""

    def __init__(self) -> None:
        super().__init__()
        self.references: set[Reference] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect the links of a tag."""
        relations = set((dict(attrs).get("rel") or "").lower().split()) if tag == "link" else set()
        if "canonical" in relations:
            return
        fetched = tag not in NAVIGATION_TAGS and not relations & NAVIGATION_RELATIONS
        for name, value in attrs:
            if name in ATTRIBUTES and value is not None:
                links = _srcset_links(value) if name == "srcset" else [value.strip()]
                self.references.update(Reference(link, fetched) for link in links)

    def handle_data(self, data: str) -> None:
        """Collect the links of an inline style sheet."""
        if self.cdata_elem == "style":
            self.references |= find_in_style(data)


def _srcset_links(value: str) -> list[str]:
    return [part.split()[0] for part in value.split(",") if part.strip()]
