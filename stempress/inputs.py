"""Everything that a build follows from, under one name: what has the same name needs no build."""

from __future__ import annotations

import os
import site as packages
import sys
import time
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from stempress.texts import FOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stempress.command import Options

HERE = Path(__file__).parents[1]
SOURCES = ("stempress", "pyodide_app", "templates")
READ = {".css", ".html", ".jinja", ".js", ".json", ".md", ".py", ".toml", ".txt", ".xml"}
"""Files that are told apart by their content; others, such as sound, by their size and time."""
UNSURE_NS = 2_000_000_000
"""What was saved so shortly before may be saved again without its time telling so."""


class Inputs(NamedTuple):
    """Names of all that a build follows from: of the generator alone, and of everything.

    ``sure`` is False where a file may change without another name.
    """

    source: str
    everything: str
    sure: bool
    own_templates: bool


def name_inputs(options: Options) -> Inputs:
    """Return the names of what a build would follow from now."""
    source = blake2b(repr((sys.version, _installed())).encode(), digest_size=16)
    for folder in SOURCES:
        for _, words in _described(HERE / folder):
            source.update(words)
    everything = source.copy()
    asked = (options.without_runtime, options.runtime_from, os.environ.get("STEMPRESS_CACHE"))
    everything.update(repr(asked).encode())
    newest = 0
    for place in (options.site / "site.toml", *(options.site / folder for folder in FOLDERS)):
        for saved, words in _described(place):
            newest = max(newest, saved)
            everything.update(words)
    sure = newest < time.time_ns() - UNSURE_NS
    own = any((options.site / "templates").glob("*")) and not _same(options.site, HERE)
    return Inputs(source.hexdigest(), everything.hexdigest(), sure, own)


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _installed() -> list[int]:
    """Return when libraries were last installed or removed."""
    found = [Path(folder) for folder in packages.getsitepackages()]
    return [folder.stat().st_mtime_ns for folder in found if folder.is_dir()]


def _described(place: Path) -> Iterator[tuple[int, bytes]]:
    """Yield, for a file or every file of a folder, when it was saved and what names it.

    What is told apart by its content counts as saved long ago.
    """
    if place.is_dir():
        for name in sorted(os.listdir(place)):  # noqa: PTH208 - names are wanted
            if name != "__pycache__":
                yield from _described(place / name)
        return
    if place.suffix in READ:
        content = place.read_bytes() if place.is_file() else b"missing"
        yield 0, blake2b(content, digest_size=16).digest() + os.fsencode(place)
        return
    try:
        found = place.stat()
    except OSError:
        yield 0, os.fsencode(place)
        return
    times = found.st_mtime_ns, found.st_ctime_ns
    yield max(times), repr((place, found.st_size, found.st_ino, times)).encode()
