"""What builds keep outside the repository: everything in it can be made again."""

# ruff: noqa: PLC0415 - every command begins with this module, few need what it imports

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from stempress.core.errors import Fault, SiteError
from stempress.core.files import atomic_write

if TYPE_CHECKING:
    from collections.abc import Callable

CACHE_VARIABLE = "STEMPRESS_CACHE"
MARSHAL_VERSION = 2
"""The version of ``marshal`` that gives the same bytes for the same, whichever object it is."""
CHECKSUM_BYTES = sha256().digest_size
"""How many bytes of a file say whether the rest is what was kept."""


def cache_root() -> Path:
    """Return the cache's folder; STEMPRESS_CACHE names another."""
    if named := os.environ.get(CACHE_VARIABLE):
        return Path(named)
    from platformdirs import user_cache_path

    return user_cache_path("stempress", appauthor=False)


def check_cache_folder() -> None:
    """Refuse a cache that was named and in which nothing can be kept."""
    if not os.environ.get(CACHE_VARIABLE):
        return
    root = cache_root().absolute()
    there = next(path for path in (root, *root.parents) if path.exists())
    if not there.is_dir():
        what = "is a file, not a folder"
    elif not os.access(there, os.W_OK | os.X_OK):
        what = "cannot be written to"
    else:
        return
    hint = "name a folder that builds may keep things in"
    raise SiteError([Fault(CACHE_VARIABLE, what, value=str(there), hint=hint)])


def store(path: Path, content: bytes) -> Path:
    """Write a file of the cache."""
    with atomic_write(path) as part:
        part.write(content)
    return path


def save(path: Path, content: bytes) -> None:
    """Keep what can be made again, if the disk lets us; ``kept`` finds it."""
    with suppress(OSError):
        store(path, sha256(content).digest() + content)


def load(path: Path) -> bytes | None:
    """Return what an earlier build has kept; None unless it is there, and whole."""
    try:
        with path.open("rb", buffering=0) as file:
            seal, content = file.read(CHECKSUM_BYTES), file.read()
    except OSError:
        return None
    return content if sha256(content).digest() == seal else None


def cached_text(work: Callable[..., str], *asked: object, version: str = "") -> str:
    """Return what a function says, and said to an earlier build if that asked for the same.

    ``version`` names what that follows from beside what was asked.
    """
    path = cache_root() / work.__name__ / f"{digest(version, *asked)}.txt"
    found = load(path)
    if found is not None:
        return found.decode()
    said = work(*asked)
    save(path, said.encode())
    return said


def digest(*parts: object) -> str:
    """Return a name for what is made from these parts."""
    return sha256("\0".join(map(repr, parts)).encode()).hexdigest()


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        hasher = sha256()
        while block := file.read(1 << 20):
            hasher.update(block)
    return hasher.hexdigest()
