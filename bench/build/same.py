"""Compares pages of two generators: tags and text must be equal, regardless of white space."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MAX_CHARACTERS = 160


class Flat(HTMLParser):
    """A page as a flat list of tags and texts."""

    def __init__(self, text: str) -> None:
        """Parse the page."""
        super().__init__()
        self.parts: list[str] = []
        self._is_data = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Add a tag with its attributes sorted."""
        self._is_data = ("type", "application/ld+json") in attrs
        self.parts.append(f"<{tag} {sorted((name, value or '') for name, value in attrs)}")

    def handle_data(self, data: str) -> None:
        """Add a text with white space collapsed, or JSON-LD in canonical form."""
        text = " ".join(data.split(" "))
        if self._is_data:
            text, self._is_data = json.dumps(json.loads(data), sort_keys=True), False
        text = " ".join(text.replace("\n", " ").split(" ")).strip(" ")
        if text:
            self.parts.append(text)


def differences(ours: Path, theirs: Path, step: int = 1) -> list[str]:
    """Return the differences, comparing every ``step``-th page of theirs."""
    faults = []
    for path in sorted(theirs.rglob("index.html"))[::step]:
        address = path.relative_to(theirs)
        our_parts = Flat((ours / address).read_text("utf-8")).parts
        their_parts = Flat(path.read_text("utf-8")).parts
        if our_parts != their_parts:
            pairs = zip(our_parts, their_parts, strict=False)
            pair = next(((ours, theirs) for ours, theirs in pairs if ours != theirs), ("", ""))
            first, second = (part[:MAX_CHARACTERS] for part in pair)
            faults.append(f"{address}: {first!r} is not {second!r}")
    return faults
