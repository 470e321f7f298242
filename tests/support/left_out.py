"""Layers that may be left out, in the small site: a song's bass."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def make_bass_optional(site: Path, song: str, amount: str = "supply = 4") -> None:
    """Let a song's bass be left out."""
    path = site / f"content/albums/tides/{song}.md"
    text = path.read_text("utf-8")
    assert text.count('name = "Bass"\n') == 1
    path.write_text(
        text.replace('name = "Bass"\n', f'name = "Bass"\nempty = {{ {amount} }}\n'), "utf-8"
    )


def leave_bass_out(site: Path) -> None:
    """Let the second song's bass be left out, as it is in its only token that is not burned, 93."""
    make_bass_optional(site, "two")
    path = site / "content/tokens.json"
    ledger = json.loads(path.read_text("utf-8"))
    for token in ledger["tokens"]:
        if token["id"] == "93":
            token["stems"] = {"drums": "tape"}
    path.write_text(json.dumps(ledger), "utf-8")
