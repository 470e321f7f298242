"""What an HTML page is made of, for tests that read pages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ADDRESSES = ("href", "src", "data-song", "data-root")


@dataclass
class Parsed(HTMLParser):
    """A page's tags with their attributes, and what can be told from them."""

    text: str
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, dict(attrs)))

    @property
    def links(self) -> Iterator[str]:
        """Every address that the page names, social cards' apart."""
        for tag, attributes in self.tags:
            for name in ADDRESSES:
                if name in attributes:
                    yield attributes[name] or ""
            if tag == "option" and (attributes.get("value") or "").endswith(".json"):
                yield attributes["value"] or ""

    @property
    def ids(self) -> set[str]:
        """What fragments can lead to."""
        return {attributes["id"] or "" for _, attributes in self.tags if "id" in attributes}

    @property
    def headings(self) -> list[int]:
        """The levels of the headings, in order."""
        return [int(tag[1]) for tag, _ in self.tags if re.fullmatch("h[1-6]", tag)]
