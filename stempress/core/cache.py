"""The cache of builds: a folder outside the repository; everything in it can be rebuilt."""

# ruff: noqa: PLC0415 - every command imports this module, few need its imports

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
"""The version of ``marshal`` without references: equal objects give equal bytes."""
CHECKSUM_BYTES = sha256().digest_size
"""Length of the checksum at the start of a saved file."""


def cache_root() -> Path:
    """Return the cache's folder: STEMPRESS_CACHE, or the system's folder for caches."""
    if path := os.environ.get(CACHE_VARIABLE):
        return Path(path)
    from platformdirs import user_cache_path

    return user_cache_path("stempress", appauthor=False)


def check_cache_folder() -> None:
    """Raise SiteError if STEMPRESS_CACHE is not a writable folder and cannot become one."""
    if not os.environ.get(CACHE_VARIABLE):
        return
    root = cache_root().absolute()
    existing = next(path for path in (root, *root.parents) if path.exists())
    if not existing.is_dir():
        message = "is a file, not a folder"
    elif not os.access(existing, os.W_OK | os.X_OK):
        message = "is not writable"
    else:
        return
    hint = "set it to a folder that builds can write to"
    raise SiteError([Fault(CACHE_VARIABLE, message, value=str(existing), hint=hint)])


def store(path: Path, content: bytes) -> Path:
    """Write a file of the cache as it is; return its path."""
    with atomic_write(path) as draft:
        draft.write(content)
    return path


def save(path: Path, content: bytes) -> None:
    """Save content with a checksum, for ``load``; a disk that refuses is ignored."""
    with suppress(OSError):
        store(path, sha256(content).digest() + content)


def load(path: Path) -> bytes | None:
    """Return what ``save`` has written; None if it is missing or damaged."""
    try:
        with path.open("rb", buffering=0) as file:
            checksum, content = file.read(CHECKSUM_BYTES), file.read()
    except OSError:
        return None
    return content if sha256(content).digest() == checksum else None


def cached_text(function: Callable[..., str], *arguments: object, version: str = "") -> str:
    """Return ``function(*arguments)``, from the cache if an earlier build has called it so.

    ``version`` is a hash of everything else that the result depends on.
    """
    path = cache_root() / function.__name__ / f"{digest(version, *arguments)}.txt"
    saved = load(path)
    if saved is not None:
        return saved.decode()
    text = function(*arguments)
    save(path, text.encode())
    return text


def digest(*parts: object) -> str:
    """Return a cache key: the SHA-256, in hex, of the parts' reprs."""
    return sha256("\0".join(map(repr, parts)).encode()).hexdigest()


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        hasher = sha256()
        while block := file.read(1 << 20):
            hasher.update(block)
    return hasher.hexdigest()
