"""Options of a mint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pyodide_app.engine.model import Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class MintOptions:
    """Options of a mint.

    ``size`` is the number of tokens; None mints what the supplies leave. ``place`` lists hand-made
    tokens as ``ID=song/layer/stem`` or ``ID=song/mix-number``. ``csv`` is the path of the report.
    """

    site: Path
    size: int | None = None
    seed: str = ""
    tier: Tier = "stem"
    song: str = ""
    first: int | None = None
    place: Sequence[str] = ()
    append: bool = False
    at_random: bool = False
    approved: bool = False
    editions: bool = False
    csv: Path | None = None
