"""Options of ``stempress holders``, apart from the command so that parsing them imports little."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path

    from pyodide_app.engine.model import Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldersOptions:
    """Whose tokens count: of a ``tier``, a ``song`` (slug), with a ``perk`` (title).

    ``block`` is one that a sync has read, by default the last; ``merkle`` a file for a tree.
    """

    site: Path
    tier: Tier | Literal[""] = ""
    perk: str = ""
    song: str = ""
    block: int | None = None
    json: bool = False
    merkle: Path | None = None
