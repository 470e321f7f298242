"""Whether two generators have made the same pages: the same tags and words, whatever the spaces."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SHOWN = 160


class Flat(HTMLParser):
    """A page as a list of tags and words."""

    def __init__(self, text: str) -> None:
        """Take the page apart."""
        super().__init__()
        self.parts: list[str] = []
        self._is_data = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag and its attributes, in any order."""
        self._is_data = ("type", "application/ld+json") in attrs
        self.parts.append(f"<{tag} {sorted((name, value or '') for name, value in attrs)}")

    def handle_data(self, data: str) -> None:
        """Note words; data by its meaning."""
        words = " ".join(data.split(" "))
        if self._is_data:
            words, self._is_data = json.dumps(json.loads(data), sort_keys=True), False
        words = " ".join(words.replace("\n", " ").split(" ")).strip(" ")
        if words:
            self.parts.append(words)


def differences(ours: Path, theirs: Path, every: int = 1) -> list[str]:
    """Return what differs, of every so-manieth page that they have; nothing if nothing does."""
    found = []
    for path in sorted(theirs.rglob("index.html"))[::every]:
        address = path.relative_to(theirs)
        one = Flat((ours / address).read_text("utf-8")).parts
        other = Flat(path.read_text("utf-8")).parts
        if one != other:
            mine, other_words = next(
                (pair for pair in zip(one, other, strict=False) if pair[0] != pair[1]), ("", "")
            )
            found.append(f"{address}: {mine[:SHOWN]!r} is not {other_words[:SHOWN]!r}")
    return found
