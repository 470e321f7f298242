"""Entries of files in a manifest, and their form in a record: one line of JSON for every file."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import orjson

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping


class ManifestEntry(NamedTuple):
    """Manifest entry: a file's cache key, and its size, mtime (ns) and inode when written."""

    key: str
    size: int
    mtime: int
    inode: int

    @classmethod
    def from_stat(cls, key: str, stat_result: os.stat_result) -> ManifestEntry:
        """Return the entry of a file with this stat."""
        return cls(key, stat_result.st_size, stat_result.st_mtime_ns, stat_result.st_ino)


class Totals(NamedTuple):
    """How many files and HTML pages there are, and how many bytes in all files."""

    files: int
    pages: int
    size: int


_new_entry = partial(tuple.__new__, ManifestEntry)


def total(files: Mapping[str, ManifestEntry]) -> Totals:
    """Return the totals of some files."""
    pages = sum(address.endswith(".html") for address in files)
    return Totals(len(files), pages, sum(entry.size for entry in files.values()))


def encode(files: Mapping[str, ManifestEntry]) -> bytes:
    """Return the lines of some files: address, key, size, mtime, inode."""
    lines = bytearray()  # not a list: each line takes 4 kB as orjson makes it
    for address, entry in files.items():
        lines += orjson.dumps((address, *entry), option=orjson.OPT_APPEND_NEWLINE)
    return bytes(lines)


def decode(lines: bytes) -> dict[str, ManifestEntry]:
    """Return the files that lines are of. A line break in JSON is always one between lines."""
    rows = orjson.loads(b"[%b]" % lines.strip().replace(b"\n", b","))
    return {address: _new_entry(entry) for address, *entry in rows}
