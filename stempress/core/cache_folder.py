"""The cache as a whole: how large it is, and how to empty it."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from stempress.core.cache import CACHE_VARIABLE, cache_root
from stempress.core.errors import Fault, SiteError

if TYPE_CHECKING:
    from pathlib import Path

PARTS = frozenset(
    {
        *("@wasm-audio-decoders", "audio", "chain", "checksum_corrections", "checksummed"),
        *("clashes", "contents", "crashes", "decoded", "digests", "facts", "loudest"),
        *("miswritten", "mixes", "packed", "pictures", "profiles", "render_markdown"),
        *("templates", "typeset", "videos"),
    }
)
"""Folders of the cache."""
PINNED_PARTS = ("ethers-", "opus-decoder-", "pyodide-")
"""Folders of what is downloaded, before their version."""


def cache_sizes() -> dict[str, int]:
    """Return the bytes that each folder of the cache takes, largest first."""
    root = cache_root()
    sizes = {path.name: _size(path) for path in root.iterdir()} if root.is_dir() else {}
    return dict(sorted(sizes.items(), key=lambda item: -item[1]))


def clear_cache() -> None:
    """Remove the cache; SiteError if its folder contains what is not of the cache."""
    root = cache_root()
    if not root.is_dir():
        return
    paths = sorted(root.iterdir())
    if others := [path.name for path in paths if not _is_part(path)]:
        message = f"contains what is no part of the cache: {', '.join(others[:5])}"
        hint = f"remove the folder by hand, or let {CACHE_VARIABLE} name another"
        raise SiteError([Fault("cache", message, value=str(root), hint=hint)])
    for path in paths:
        shutil.rmtree(path)


def _is_part(path: Path) -> bool:
    return path.is_dir() and (path.name in PARTS or path.name.startswith(PINNED_PARTS))


def _size(path: Path) -> int:
    """Return the bytes of a file, or of all files below a folder; what vanishes counts nothing."""
    total = 0
    for folder, _, names in os.walk(path):
        for name in names:
            try:
                total += os.lstat(os.path.join(folder, name)).st_size  # noqa: PTH118 - many files
            except OSError:
                continue
    return total or (path.lstat().st_size if path.is_file() else 0)
