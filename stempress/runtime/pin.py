"""The pinned Pyodide: what pyodide.toml says."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from stempress.runtime.downloads import PinnedFile
from stempress.runtime.package_sources import PythonIndex
from stempress.runtime.sources import Cdn, Folder, Source

PIN = Path(__file__).with_name("pyodide.toml")
ARCHIVES = {".whl", ".zip"}


@dataclass(frozen=True, slots=True)
class Pin:
    """The pinned Pyodide: versions, files and sources. ``info`` goes to the lock file.

    ``extensions`` are the extension modules that the engine needs, below site-packages.
    """

    version: str
    info: dict[str, str]
    cdn: str
    registry: dict[str, str]
    extensions: tuple[str, ...]
    files: tuple[PinnedFile, ...]

    @property
    def archives(self) -> list[PinnedFile]:
        """The standard library and numpy."""
        return [file for file in self.files if Path(file.name).suffix in ARCHIVES]

    def sources(self, folder: Path | None) -> list[Source]:
        """Return the sources in order; none is contacted before a file is missing."""
        named = [Folder(f"the folder {folder}", folder)] if folder else []
        return [*named, Cdn(self.cdn), PythonIndex(**self.registry)]


def parse_pin(text: str) -> Pin:
    """Parse the pin's TOML."""
    data = tomllib.loads(text)
    files = [
        PinnedFile(
            **{**row, "strip": tuple(row.get("strip", ())), "empty": tuple(row.get("empty", ()))}
        )
        for row in data["files"]
    ]
    return Pin(**{**data, "extensions": tuple(data["extensions"]), "files": tuple(files)})
