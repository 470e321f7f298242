"""Everything that a build follows from, under one name: what has the same name needs no build."""

from __future__ import annotations

import os
import site as packages
import stat
import sys
import time
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from stempress.core.files import TIMESTAMP_MARGIN_NS
from stempress.core.paths import REPOSITORY
from stempress.core.text_files import SECRET_FILE, SITE_FOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stempress.core.options import BuildOptions

GENERATOR_FOLDERS = ("stempress", "pyodide_app/engine")
"""What decides how pages are made, beside templates; the modules beside it are copied."""
HASHED_SUFFIXES = {
    ".css",
    ".html",
    ".jinja",
    ".js",
    ".json",
    ".md",
    ".po",
    ".py",
    ".toml",
    ".txt",
    ".xml",
}
"""Files that are told apart by their content; others, such as sound, by their size and time."""
_digest_cache: dict[str, tuple[tuple[int, ...], bytes]] = {}
"""What this process has read: what the disk said of a file, and the digest of its content."""


class InputHashes(NamedTuple):
    """Names of all that a build follows from: of the generator alone, and of everything.

    ``is_stable`` is False where a file may change without another name.
    """

    source: str
    everything: str
    is_stable: bool
    has_own_templates: bool


def hash_inputs(options: BuildOptions) -> InputHashes:
    """Return the names of what a build would follow from now."""
    source = _hash_generator().copy()
    for _, words in _describe_files(str(REPOSITORY), "templates"):
        source.update(words)
    everything = source.copy()
    for _, words in _describe_files(str(REPOSITORY), "pyodide_app"):
        everything.update(words)
    cache = os.environ.get("STEMPRESS_CACHE")
    asked = options.without_runtime, options.runtime_from, options.base_uri, cache
    everything.update(repr(asked).encode())
    newest = 0
    for name in ("site.toml", SECRET_FILE, *SITE_FOLDERS):
        for saved, words in _describe_files(str(options.site), name):
            newest = max(newest, saved)
            everything.update(words)
    sure = newest < time.time_ns() - TIMESTAMP_MARGIN_NS
    own = any((options.site / "templates").glob("*")) and not _is_same_folder(
        options.site, REPOSITORY
    )
    return InputHashes(source.hexdigest(), everything.hexdigest(), sure, own)


def generator_hash() -> str:
    """Return a name for the generator and its libraries."""
    return _hash_generator().hexdigest()


@cache
def _hash_generator() -> blake2b:
    """Read the generator, once: what runs is what it was when it began."""
    source = blake2b(repr((sys.version, _install_times())).encode(), digest_size=16)
    for folder in GENERATOR_FOLDERS:
        for _, words in _describe_files(str(REPOSITORY), folder):
            source.update(words)
    return source


def _is_same_folder(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _install_times() -> list[int]:
    """Return when libraries were last installed or removed."""
    found = [Path(folder) for folder in packages.getsitepackages()]
    return [folder.stat().st_mtime_ns for folder in found if folder.is_dir()]


def _describe_files(root: str, name: str) -> Iterator[tuple[int, bytes]]:
    """Yield, for a file or every file of a folder, when it was saved and what names it.

    What is told apart by its content counts as saved long ago.
    """
    place = f"{root}/{name}"
    try:
        found = os.stat(place)  # noqa: PTH116 - there are thousands
        if stat.S_ISDIR(found.st_mode):
            for each in sorted(os.listdir(place)):  # noqa: PTH208 - names are wanted
                if each != "__pycache__":
                    yield from _describe_files(root, f"{name}/{each}")
        elif name[name.rfind(".") :] in HASHED_SUFFIXES:
            yield 0, os.fsencode(name) + _content_digest(place, found)
        else:
            times = found.st_mtime_ns, found.st_ctime_ns
            yield max(times), repr((name, found.st_size, found.st_ino, times)).encode()
    except OSError as error:
        yield 0, repr((name, error.errno)).encode()


def _content_digest(place: str, found: os.stat_result) -> bytes:
    """Return a digest of a file's content; what lies there as it lay before is not read again."""
    seen = found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino
    before, digest = _digest_cache.get(place, ((), b""))
    if seen != before:
        sure_until = time.time_ns() - TIMESTAMP_MARGIN_NS
        with open(place, "rb", buffering=0) as file:  # noqa: PTH123 - there are hundreds
            digest = blake2b(file.read(), digest_size=16).digest()
        if max(found.st_mtime_ns, found.st_ctime_ns) < sure_until:
            _digest_cache[place] = seen, digest
    return digest
