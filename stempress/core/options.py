"""Options of a build."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stempress.core.system import cores

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """Options of a build: ``site`` is the artist's folder, the result goes to ``out``.

    ``runtime_from`` is the first folder to look for the Pyodide files in. ``only`` limits a build
    to what is below an address, "" being the whole site. ``jobs`` is a number of processes.
    """

    site: Path
    out: Path
    runtime_from: Path | None = None
    without_runtime: bool = False
    base_uri: str = ""
    dask: str = ""
    only: str = ""
    report: bool = False
    profile: bool = False
    jobs: int = field(default_factory=cores, compare=False)
