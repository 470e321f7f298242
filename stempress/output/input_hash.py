"""Hashes of a build's inputs: if the hash is unchanged, so is the site."""

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

from stempress.core.cache import CACHE_VARIABLE
from stempress.core.files import TIMESTAMP_MARGIN_NS
from stempress.core.paths import REPOSITORY, TEMPLATES
from stempress.core.text_files import SECRET_FILE, SITE_FILE, SITE_FOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stempress.core.options import BuildOptions

    type KnownDigests = dict[str, tuple[tuple[int, ...], bytes]]
    """By path: size, times and inode of a file when it was read, and its digest."""

GENERATOR_FOLDERS = ("stempress", "pyodide_app/engine")
"""Folders of code that the cache keys of all files depend on; other code is copied into sites."""
HASHED_SUFFIXES = {
    ".css",
    ".html",
    ".jinja",
    ".js",
    ".json",
    ".lrc",
    ".md",
    ".po",
    ".py",
    ".toml",
    ".txt",
    ".xml",
}
"""Suffixes of files that are hashed by content; others, such as sound, by size and mtime."""


class InputHashes(NamedTuple):
    """Hashes of the generator with its templates, of the site's own templates, and of all inputs.

    ``is_stable`` is False if a file was saved so recently that it may change without a new hash.
    """

    generator: str
    everything: str
    is_stable: bool
    own_templates: str


def hash_inputs(options: BuildOptions, known: KnownDigests | None = None) -> InputHashes:
    """Return the hashes of a build's inputs as they are now.

    ``known`` are the digests that an earlier call has left there: unchanged files are not read.
    """
    known = {} if known is None else known
    generator = _hash_generator().copy()
    for _, description in _describe_files(str(TEMPLATES.parent), "templates", known):
        generator.update(description)
    everything = generator.copy()
    for _, description in _describe_files(str(REPOSITORY), "pyodide_app", known):
        everything.update(description)
    cache = os.environ.get(CACHE_VARIABLE)
    settings = options.without_runtime, options.runtime_from, options.base_uri, cache
    everything.update(repr(settings).encode())
    newest = 0
    for name in (SITE_FILE, SECRET_FILE, *SITE_FOLDERS):
        for changed, description in _describe_files(str(options.site), name, known):
            newest = max(newest, changed)
            everything.update(description)
    is_stable = newest < time.time_ns() - TIMESTAMP_MARGIN_NS
    return InputHashes(
        generator.hexdigest(),
        everything.hexdigest(),
        is_stable,
        _hash_templates(options.site, known),
    )


def _hash_templates(site: Path, known: KnownDigests) -> str:
    """Return the hash of a site's own templates; empty if it has none."""
    own = site / "templates"
    if own.resolve() == TEMPLATES.resolve() or not any(own.glob("*")):
        return ""
    found = b"".join(each for _, each in _describe_files(str(site), "templates", known))
    return blake2b(found, digest_size=16).hexdigest()


def generator_hash() -> str:
    """Return the hash of the generator and its libraries."""
    return _hash_generator().hexdigest()


@cache
def _hash_generator() -> blake2b:
    """Hash the generator once per process: edits do not change the code that is running."""
    generator = blake2b(repr((sys.version, _install_times())).encode(), digest_size=16)
    for folder in GENERATOR_FOLDERS:
        for _, description in _describe_files(str(REPOSITORY), folder, {}):
            generator.update(description)
    return generator


def _install_times() -> list[int]:
    """Return the mtimes of site-packages: they change with every installation and removal."""
    folders = [Path(folder) for folder in packages.getsitepackages()]
    return [folder.stat().st_mtime_ns for folder in folders if folder.is_dir()]


def _describe_files(root: str, name: str, known: KnownDigests) -> Iterator[tuple[int, bytes]]:
    """Yield the time of the last change (ns) and a description of every file at or below a path.

    Equal descriptions mean equal files. The time is 0 for files that are hashed by content.
    """
    path = f"{root}/{name}"
    try:
        current = os.stat(path)  # noqa: PTH116 - called thousands of times
        if stat.S_ISDIR(current.st_mode):
            for child in sorted(os.listdir(path)):  # noqa: PTH208 - only names are needed
                if child != "__pycache__":
                    yield from _describe_files(root, f"{name}/{child}", known)
        elif name[name.rfind(".") :] in HASHED_SUFFIXES:
            yield 0, os.fsencode(name) + _content_digest(path, current, known)
        else:
            times = current.st_mtime_ns, current.st_ctime_ns
            yield max(times), repr((name, current.st_size, current.st_ino, times)).encode()
    except OSError as error:
        yield 0, repr((name, error.errno)).encode()


def _content_digest(path: str, stat_result: os.stat_result, known: KnownDigests) -> bytes:
    """Return the digest of a file, the known one if the file is unchanged."""
    times = stat_result.st_mtime_ns, stat_result.st_ctime_ns
    current = stat_result.st_size, *times, stat_result.st_ino
    previous, digest = known.get(path, ((), b""))
    if current != previous:
        stable_until = time.time_ns() - TIMESTAMP_MARGIN_NS
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - called hundreds of times
            digest = blake2b(file.read(), digest_size=16).digest()
        if max(times) < stable_until:
            known[path] = current, digest
    return digest
