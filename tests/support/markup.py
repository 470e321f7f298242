"""Parsed HTML pages, for tests that read them."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

VNU = Path(__file__).parents[2] / "node_modules/vnu-jar/build/dist/vnu.jar"
UNKNOWN_TO_VNU = (
    ".*violates Content Security Policy.*",  # a file has no origin that 'self' could be
    ".*animation-timeline.*",
    ".*@view-transition.*",
)
ADDRESSES = ("href", "src", "data-song", "data-root")


@dataclass
class Parsed(HTMLParser):
    """A page's tags and attributes, and what follows from them."""

    text: str
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Record a tag."""
        self.tags.append((tag, dict(attrs)))

    @property
    def links(self) -> Iterator[str]:
        """Every URL in the page except those of social cards."""
        for tag, attributes in self.tags:
            for name in ADDRESSES:
                if name in attributes:
                    yield attributes[name] or ""
            if tag == "option" and (attributes.get("value") or "").endswith(".json"):
                yield attributes["value"] or ""

    @property
    def ids(self) -> set[str]:
        """Targets of fragments."""
        return {attributes["id"] or "" for _, attributes in self.tags if "id" in attributes}

    @property
    def headings(self) -> list[int]:
        """The levels of the headings, in order."""
        return [int(tag[1]) for tag, _ in self.tags if re.fullmatch("h[1-6]", tag)]


def complaints(folder: Path, files: Iterable[str]) -> str:
    """Return what v.Nu reports about pages, style sheets and drawings below a folder."""
    java = shutil.which("java")
    if java is None or not VNU.is_file():
        pytest.fail("no v.Nu: `make test` installs it and its Java")
    options = ["--Werror", "--also-check-css", "--also-check-svg"]
    options += ["--filterpattern", "|".join(UNKNOWN_TO_VNU)]
    result = subprocess.run(  # noqa: S603 - our own pages
        [java, "-jar", VNU, *options, *files],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert bool(result.returncode) == bool(result.stderr), result.stdout
    return result.stderr
