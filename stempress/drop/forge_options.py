"""Options of ``stempress forge``, apart from the command so that parsing them imports little."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeOptions:
    """What to forge: a ``song`` or an ``album`` by slug, from the tokens to ``burn`` (``1,17,40``).

    ``id`` is the new token's, by default the next; ``owner`` its holder, by default theirs.
    """

    site: Path
    song: str = ""
    album: str = ""
    burn: str
    id: str = ""
    owner: str = ""
    dry_run: bool = False
