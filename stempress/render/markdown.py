"""Markdown to sanitised HTML: artists may paste text from anywhere."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import nh3
from markdown import Markdown
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension
from markdown.treeprocessors import Treeprocessor

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

TAGS = {
    *("p", "br", "hr", "em", "strong", "code", "pre", "blockquote", "a", "ul", "ol", "li"),
    *("h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
FENCES = ("```", "~~~")
SCHEMES = {"http", "https", "mailto"}
_HEADING = re.compile(r"h([1-6])")


def render_markdown(text: str, root: str, under: int) -> str:
    """Return Markdown as sanitised HTML.

    Headings start one level below ``under`` and skip no level, raw HTML is shown as text, and links
    that start with a slash are relative to the site's root, at the relative path ``root``.
    """
    parser, cleaner = _parser(fenced=any(fence in text for fence in FENCES))
    cleaner.root, cleaner.under = root, under
    return nh3.clean(
        parser.reset().convert(text),
        tags=TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
    )


@cache
def _parser(*, fenced: bool) -> tuple[Markdown, _TreeCleaner]:
    """Return a parser, with or without fenced code, and its tree processor.

    Extensions are passed as objects: looking one up by name scans all installed packages.
    """
    parser = Markdown(extensions=[TableExtension(), SaneListExtension()], output_format="html")
    if fenced:
        from markdown.extensions.fenced_code import (  # noqa: PLC0415 - as slow to import as the rest
            FencedCodeExtension,
        )

        parser.registerExtensions([FencedCodeExtension()], {})
    cleaner = _TreeCleaner()
    parser.preprocessors.deregister("html_block")
    parser.inlinePatterns.deregister("html")
    parser.treeprocessors.register(cleaner, "cleaner", 0)
    return parser, cleaner


class _TreeCleaner(Treeprocessor):
    """Fixes heading levels, resolves links from the root, and turns pictures into links."""

    root, under = "", 1

    def run(self, root: Element) -> None:
        """Change the parsed document in place."""
        ancestors: list[int] = []
        for element in root.iter():
            heading = _HEADING.fullmatch(str(element.tag))
            if heading:
                level = int(heading[1])
                ancestors = [*(ancestor for ancestor in ancestors if ancestor < level), level]
                element.tag = f"h{min(self.under + len(ancestors), 6)}"
            elif element.tag == "img":
                element.tag, element.text = "a", element.get("alt") or element.get("src")
                element.set("href", element.get("src", ""))
            if element.tag == "a":
                link = self._link(element.attrib.pop("href", ""))
                element.attrib |= {"href": link} if link else {}

    def _link(self, address: str) -> str:
        """Return a link relative to this page; empty if it does not lead where it seems to."""
        if address.startswith(("//", "/\\", "\\")) or re.search(r"\s", address):
            return ""
        return f"{self.root}{address[1:]}" if address.startswith("/") else address
