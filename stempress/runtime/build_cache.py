"""Folders of the cache, each with the files that one function writes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from stempress.core.cache import file_digest

if TYPE_CHECKING:
    from collections.abc import Callable

SUMS = "sums.json"


def build_cached(folder: Path, make: Callable[[Path], None]) -> dict[str, Path]:
    """Return the files of ``folder`` by name; ``make`` fills it unless it is complete."""
    if not is_whole(folder):
        scratch = Path(mkdtemp(dir=folder.parent))
        try:
            make(scratch)
            sums = {path.name: file_digest(path) for path in sorted(scratch.iterdir())}
            (scratch / SUMS).write_text(json.dumps(sums), "utf-8")
            move_into_cache(scratch, folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return {path.name: path for path in sorted(folder.iterdir()) if path.name != SUMS}


def move_into_cache(scratch: Path, folder: Path) -> None:
    """Move a finished result to its folder, unless another build was faster."""
    if not is_whole(folder):
        shutil.rmtree(folder, ignore_errors=True)
        scratch.rename(folder)


def is_whole(folder: Path) -> bool:
    """Return whether a result exists with all its files unchanged."""
    try:
        sums: dict[str, str] = json.loads((folder / SUMS).read_text("utf-8"))
        return all(file_digest(folder / name) == digest for name, digest in sums.items())
    except (OSError, ValueError):
        return False
