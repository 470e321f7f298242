"""Markdown -> HTML that can do no harm: what an artist pastes may come from anywhere."""

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


def typeset(text: str, root: str, under: int) -> str:
    """Return Markdown as HTML.

    Its headings begin one level below ``under`` and skip none; raw HTML is shown as text; links
    that begin with a slash are taken from the site's root, which lies at ``root``.
    """
    parser, tidy = _parser(fenced=any(fence in text for fence in FENCES))
    tidy.root, tidy.under = root, under
    return nh3.clean(
        parser.reset().convert(text),
        tags=TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
    )


@cache
def _parser(*, fenced: bool) -> tuple[Markdown, _Tidy]:
    """Return what reads Markdown, with fences or without.

    Extensions come as such: to find one by its name, every library that is installed is looked at.
    """
    parser = Markdown(extensions=[TableExtension(), SaneListExtension()], output_format="html")
    if fenced:
        from markdown.extensions.fenced_code import (  # noqa: PLC0415 - takes as long as the rest
            FencedCodeExtension,
        )

        parser.registerExtensions([FencedCodeExtension()], {})
    tidy = _Tidy()
    parser.preprocessors.deregister("html_block")
    parser.inlinePatterns.deregister("html")
    parser.treeprocessors.register(tidy, "tidy", 0)
    return parser, tidy


class _Tidy(Treeprocessor):
    """Puts headings in order and links below the root; pictures become links to them."""

    root, under = "", 1

    def run(self, root: Element) -> None:
        """Change the parsed document in place."""
        above: list[int] = []
        for element in root.iter():
            heading = _HEADING.fullmatch(str(element.tag))
            if heading:
                level = int(heading[1])
                above = [*(each for each in above if each < level), level]
                element.tag = f"h{min(self.under + len(above), 6)}"
            elif element.tag == "img":
                element.tag, element.text = "a", element.get("alt") or element.get("src")
                element.set("href", element.get("src", ""))
            if element.tag == "a":
                link = self._link(element.attrib.pop("href", ""))
                element.attrib |= {"href": link} if link else {}

    def _link(self, address: str) -> str:
        """Return where a link leads from this page; nothing if that is not what it looks like."""
        if address.startswith(("//", "/\\", "\\")) or re.search(r"\s", address):
            return ""
        return f"{self.root}{address[1:]}" if address.startswith("/") else address
