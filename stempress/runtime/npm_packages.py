"""Files of pinned npm packages, from the user's folder, the CDN or the npm registry."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from stempress.core.cache import cache_root
from stempress.runtime.downloads import PinnedFile, fetch_files
from stempress.runtime.package_sources import NpmPackage
from stempress.runtime.sources import Cdn, Folder, Source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True)
class PinnedPackage:
    """A package whose name, version and files with their digests are in a TOML file."""

    file: Path

    @cached_property
    def pin(self) -> dict[str, Any]:
        """The file's content."""
        return tomllib.loads(self.file.read_text("utf-8"))

    @property
    def name(self) -> str:
        """Name and version."""
        return f"{self.pin['package']} {self.pin['version']}"

    @property
    def store(self) -> Path:
        """Folder of the cache that holds its files."""
        return cache_root() / f"{self.pin['package']}-{self.pin['version']}"

    def fetch(self, folder: Path | None, report: Callable[[str], None]) -> dict[str, Path]:
        """Return the pinned files by name.

        ``folder`` is where the user keeps them, in a folder of the package's name if two packages
        have files of one name. SiteError if nobody has them.
        """
        folders = [folder / self.pin["package"], folder] if folder else []
        sources: list[Source] = [Folder(f"the folder {path}", path) for path in folders]
        sources += [Cdn(self.pin["cdn"]), NpmPackage(self.pin["package"], self.pin["version"])]
        pinned = [PinnedFile(**row) for row in self.pin["files"]]
        return fetch_files(pinned, sources, self.store, report, name=self.name)
