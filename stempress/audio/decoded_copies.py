"""Copies of compressed stems, decoded: what was decoded to be measured is not decoded again.

Stems are encoded and mixed only after all have been measured, since a song's rate and length
follow from all of its stems. The copies last as long as a build.
"""

# ruff: noqa: PLC0415 - most builds decode nothing

from __future__ import annotations

import shutil
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from stempress.core.cache import cache_root

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyodide_app.engine.model import StemKey

MAX_BYTES = 4_000_000_000
"""How much disk the copies of a build may take; stems beyond that are decoded again."""
MAX_AGE_SECONDS = 24 * 60 * 60
"""Older copies are those of a build that was killed."""
COMPRESSED = {".flac", ".mp3", ".ogg", ".opus"}


class DecodedCopies:
    """Copies in a folder of their own, which is made when it is first needed."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        """Take how much disk they may use."""
        self._max_bytes = max_bytes
        self._folder: Path | None = None
        self._copies: dict[StemKey, Path] = {}

    def reserve(self, files: Mapping[StemKey, Path]) -> dict[StemKey, Path]:
        """Return where to put the copy of every compressed stem that there is room for."""
        compressed = {key: path for key, path in files.items() if path.suffix.lower() in COMPRESSED}
        if compressed and self._max_bytes:
            self._folder = _new_folder(cache_root() / "decoded")
            room = min(self._max_bytes, shutil.disk_usage(self._folder).free // 2)
            for number, (key, path) in enumerate(compressed.items()):
                room -= _decoded_bytes(path)
                if room > 0:
                    self._copies[key] = self._folder / f"{number}.w64"
        return self._copies

    def instead_of(self, files: Mapping[StemKey, Path]) -> dict[StemKey, Path]:
        """Return the files to decode: copies instead of the stems that have one."""
        complete = {key: copy for key, copy in self._copies.items() if copy.is_file()}
        return {key: complete.get(key, path) for key, path in files.items()}

    def remove(self) -> None:
        """Remove all copies."""
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def decoded_copies(cluster: str = "") -> Iterator[DecodedCopies]:
    """Yield copies that are removed in the end; none for a cluster, which may have another disk."""
    copies = DecodedCopies(0 if cluster else MAX_BYTES)
    try:
        yield copies
    finally:
        copies.remove()


def _new_folder(parent: Path) -> Path:
    """Return a new folder; remove those that builds have left there that were killed."""
    from tempfile import mkdtemp

    parent.mkdir(parents=True, exist_ok=True)
    for folder in parent.iterdir():
        if folder.stat().st_mtime < time.time() - MAX_AGE_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
    return Path(mkdtemp(dir=parent))


def _decoded_bytes(path: Path) -> int:
    """Return the size of a copy; 0 for a file that cannot be used."""
    from stempress.audio.decode import UnreadableError, open_source

    try:
        source = open_source(path)
    except (UnreadableError, OSError):
        return 0
    return source.frames * source.channels * (2 if source.bits == 16 else 4)
