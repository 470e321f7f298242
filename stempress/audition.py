"""Auditions: what the artist thinks of variations before the mint, kept beside the site.

``audition.json`` maps songs to mix numbers to verdicts. It is for the artist alone: a build does
not read it, a mint leaves out what was rejected.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FILE = "audition.json"
VERDICTS = ("approved", "rejected")


def read_verdicts(site: Path) -> dict[str, dict[str, str]]:
    """Return verdicts by song and mix number; none where nobody has listened yet."""
    path = site / FILE
    found: dict[str, dict[str, str]] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return found
