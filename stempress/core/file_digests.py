"""What files hold, as digests: a file that has not changed since is not read again."""

from __future__ import annotations

import marshal
import os
import time
from typing import TYPE_CHECKING

from stempress.core.cache import cache_root, digest, file_digest, load, save
from stempress.core.files import UNSURE_NS

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
    paths = list(files)
    place = cache_root() / "contents" / digest(common_folder(paths))
    found = load(place)
    known: Known = marshal.loads(found) if found else {}  # noqa: S302 - whole, as written below
    digests: dict[Path, str] = {}
    now: dict[str, list[object]] = {}
    for path in paths:
        sure_until = time.time_ns() - UNSURE_NS
        stat = path.stat()
        seen = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
        *before, name = known.get(str(path), [""])
        digests[path] = str(name) if before == seen else file_digest(path)
        if max(stat.st_mtime_ns, stat.st_ctime_ns) < sure_until:
            now[str(path)] = [*seen, digests[path]]
    if now != known:
        save(place, marshal.dumps(now))
    return digests


def common_folder(paths: Iterable[Path]) -> str:
    """Return the folder that all files lie in."""
    return os.path.commonpath(found) if (found := list(paths)) else ""
