"""SHA-256 digests of files; unchanged files are not read again."""

from __future__ import annotations

import marshal
import os
import time
from typing import TYPE_CHECKING

from stempress.core.cache import cache_root, digest, file_digest, load, save
from stempress.core.files import TIMESTAMP_MARGIN_NS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    type Known = Mapping[str, list[object]]
    """By path: size, times and inode of the file, then its digest."""


def content_digests(files: Iterable[Path]) -> dict[Path, str]:
    """Return the SHA-256 of every file.

    A file with the same path, size, times and inode as before is taken for unchanged. The digest
    of a file saved shortly before it was read is not cached: it may be saved again within the same
    tick of the clock.
    """
    paths = list(files)
    cache_path = cache_root() / "contents" / digest(common_folder(paths))
    saved = load(cache_path)
    known: Known = marshal.loads(saved) if saved else {}  # noqa: S302 - the checksum is ours
    digests: dict[Path, str] = {}
    updated: dict[str, list[object]] = {}
    for path in paths:
        stable_until = time.time_ns() - TIMESTAMP_MARGIN_NS
        stat = path.stat()
        current = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
        *previous, saved_digest = known.get(str(path), [""])
        digests[path] = str(saved_digest) if previous == current else file_digest(path)
        if max(stat.st_mtime_ns, stat.st_ctime_ns) < stable_until:
            updated[str(path)] = [*current, digests[path]]
    if updated != known:
        save(cache_path, marshal.dumps(updated))
    return digests


def common_folder(paths: Iterable[Path]) -> str:
    """Return the deepest folder that contains all files, "" for no files."""
    return os.path.commonpath(files) if (files := list(paths)) else ""
