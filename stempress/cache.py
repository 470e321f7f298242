"""What builds keep outside the repository: everything in it can be made again."""

# ruff: noqa: PLC0415 - every command begins with this module, few need what it imports

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path


def cache_root() -> Path:
    """Return the cache's folder; STEMPRESS_CACHE names another."""
    if named := os.environ.get("STEMPRESS_CACHE"):
        return Path(named)
    from platformdirs import user_cache_path

    return user_cache_path("stempress", appauthor=False)


def store(path: Path, content: bytes) -> Path:
    """Write a file of the cache so that nobody ever sees half of it."""
    from tempfile import NamedTemporaryFile

    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, delete=False) as partial:
        partial.write(content)
    Path(partial.name).replace(path)
    return path


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
