"""What was asked for on the command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyodide_app.engine.wav import Bits


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for. ``site`` is the artist's folder, ``out`` where the site goes."""

    command: str
    site: Path
    out: Path
    runtime_from: Path | None = None
    without_runtime: bool = False
    base_uri: str = ""
    dask: str = ""
    report: bool = False
    jobs: int = field(default=1, compare=False)
    only: str = ""
    profile: bool = False
    port: int = 8000
    song: str = ""
    mix_number: str = ""
    wav: Path = Path("mix.wav")
    bits: Bits = 24
    check: bool = False
    to: Path | None = None
    since: Path | None = None
    target: str = ""
    drop: dict[str, Any] = field(default_factory=dict)
    """What a command of a drop was asked for."""
