"""Manifests: what a build has written into a folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from stempress.output.entries import Totals, decode, encode, total

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from stempress.output.entries import ManifestEntry


class BundleManifest:
    """A bundle's cache key ("": unknown), and the entries of its files by address.

    Of a bundle that is carried over from record to record, nothing is decoded: after a change of
    one of 10,000 tokens a build takes a tenth longer where all records are.
    """

    def __init__(self, key: str) -> None:
        """Start a manifest; use ``of_files`` or ``of_record``."""
        self.key = key

    @classmethod
    def of_files(cls, key: str, files: Mapping[str, ManifestEntry]) -> BundleManifest:
        """Return the manifest of some files."""
        bundle = cls(key)
        bundle.files = files
        return bundle

    @classmethod
    def of_record(cls, key: str, lines: bytes, totals: Totals) -> BundleManifest:
        """Return a manifest as a record has it."""
        bundle = cls(key)
        bundle.lines, bundle.totals = lines, totals
        return bundle

    def __eq__(self, other: object) -> bool:
        """Return whether another bundle has the same key and files."""
        if not isinstance(other, BundleManifest):
            return NotImplemented
        return self.key == other.key and self.lines == other.lines

    __hash__ = None  # type: ignore[assignment]

    @cached_property
    def files(self) -> Mapping[str, ManifestEntry]:
        """The entry of every file, by address."""
        return decode(self.lines)

    @cached_property
    def lines(self) -> bytes:
        """The files as a record has them."""
        return encode(self.files)

    @cached_property
    def totals(self) -> Totals:
        """How many files and pages there are, and their size."""
        return total(self.files)


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

    @property
    def totals(self) -> Totals:
        """How many files and pages there are, and their size."""
        every = [bundle.totals for bundle in self.bundles.values()]
        return Totals(*map(sum, zip(*every, strict=True))) if every else Totals(0, 0, 0)

    def without(self, bundles: Container[str]) -> dict[str, ManifestEntry]:
        """Return the entries of all files outside some bundles."""
        entries: dict[str, ManifestEntry] = {}
        for name, bundle in self.bundles.items():
            if name not in bundles:
                entries.update(bundle.files)
        return entries
