"""Manifests: what a build has written into a folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import os
    from collections.abc import Container, Mapping


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


class BundleManifest(NamedTuple):
    """A bundle's cache key ("": unknown), and the entries of its files by address."""

    key: str
    files: Mapping[str, ManifestEntry]


@dataclass(frozen=True)
class Manifest:
    """The contents of a folder, by bundle.

    ``folders`` has the mtime (ns) of every folder, parents before children. ``build`` is the hash
    of the build's inputs, ``report`` what the build reported, such as warnings.
    """

    bundles: Mapping[str, BundleManifest] = field(default_factory=dict)
    folders: Mapping[str, int] = field(default_factory=dict)
    build: str = ""
    report: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def files(self) -> Mapping[str, ManifestEntry]:
        """The entry of every file, by address."""
        return self.without(())

    def without(self, bundles: Container[str]) -> dict[str, ManifestEntry]:
        """Return the entries of all files outside some bundles."""
        entries: dict[str, ManifestEntry] = {}
        for name, bundle in self.bundles.items():
            if name not in bundles:
                entries.update(bundle.files)
        return entries
