"""What files hold, as digests: a file that has not changed since is not read again."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import orjson

from stempress.cache import cache_root, digest, file_digest, store
from stempress.inputs import UNSURE_NS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    type Known = Mapping[str, list[object]]
    """By a file's path: what the disk said of it, and its digest."""


def content_digests(files: Iterable[Path]) -> dict[Path, str]:
    """Return the SHA-256 of every file.

    A file is known again by its path, size, times and inode. One that was saved shortly before it
    was read is read again the next time: it may have been saved twice within one tick of the clock.
    """
    paths = sorted(files)
    folder = os.path.commonpath(paths) if paths else ""
    place = cache_root() / "contents" / f"{digest(folder)}.json"
    known = _read(place)
    digests: dict[Path, str] = {}
    kept: dict[str, list[object]] = {}
    for path in paths:
        sure_until = time.time_ns() - UNSURE_NS
        found = path.stat()
        seen = [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]
        *before, name = known.get(str(path), [""])
        digests[path] = str(name) if before == seen else file_digest(path)
        if max(found.st_mtime_ns, found.st_ctime_ns) < sure_until:
            kept[str(path)] = [*seen, digests[path]]
    if kept != known:
        store(place, orjson.dumps(kept))
    return digests


def _read(place: Path) -> Known:
    """Return what an earlier build has kept, if anything."""
    try:
        known = orjson.loads(place.read_bytes())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
