"""The small site with a layer that may be left out: the bass of its second song."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SONG = "content/albums/tides/two.md"
LEDGER = "content/tokens.json"


def let_bass_be_left_out(site: Path) -> None:
    """Let the second song's bass be left out, as it is in its only unburned token, 93."""
    song, ledger = site / SONG, site / LEDGER
    text = song.read_text(encoding="utf-8")
    song.write_text(
        text.replace('name = "Bass"\n', 'name = "Bass"\nempty = { supply = 4 }\n'), encoding="utf-8"
    )
    content = json.loads(ledger.read_text(encoding="utf-8"))
    for token in content["tokens"]:
        if token["id"] == "93":
            token["stems"] = {"drums": "tape"}
    ledger.write_text(json.dumps(content), encoding="utf-8")
