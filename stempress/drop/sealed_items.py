"""Sealed items: what unrevealed tokens are must stay in the collection until they are revealed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.collection.token_spec import parse_item
from stempress.core.errors import Findings
from stempress.core.text_files import SECRET_FILE
from stempress.drop.drop_state import read_secret

if TYPE_CHECKING:
    from pathlib import Path

    from stempress.collection.collection import Collection

MAX_NAMED = 3


def check_sealed_items(site: Path, collection: Collection, findings: Findings) -> None:
    """Warn of items in the secret file that the collection no longer has.

    Which tokens they belong to is not said.
    """
    if not (site / SECRET_FILE).is_file():
        return
    songs = {song.slug: song for song in collection.songs}
    missing = set()
    for item in set(read_secret(site / SECRET_FILE, Findings()).items.values()):
        try:
            parse_item(item, songs)
        except ValueError:
            missing.add(item)
    if missing:
        findings.warn(
            SECRET_FILE,
            f"has items that the collection no longer has: {len(missing)}",
            value=sorted(missing)[:MAX_NAMED],
            hint="restore them under their names: tokens that are these could not be revealed",
        )
