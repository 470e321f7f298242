"""What was sealed and must stay until it is revealed: tokens' items, sounds of hidden tracks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.collection.hidden_tracks import FOLDER
from stempress.collection.token_spec import parse_item
from stempress.core.errors import Findings
from stempress.core.file_digests import content_digests
from stempress.core.text_files import SECRET_FILE
from stempress.drop.secret_file import read_secret

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


def check_sealed_sounds(site: Path, collection: Collection, findings: Findings) -> None:
    """Warn of hidden tracks whose sound file has been changed since it was sealed."""
    tracks = [track for track in collection.hidden if track.entry and track.sound]
    if not tracks or not (site / SECRET_FILE).is_file():
        return
    sealed = read_secret(site / SECRET_FILE, Findings()).hidden
    digests = content_digests(track.sound for track in tracks if track.sound)
    for track in tracks:
        if track.sound and sealed.get(track.slug) not in {None, digests[track.sound]}:
            findings.warn(
                f"{FOLDER}/{track.sound.name}",
                "has been changed since it was sealed; visitors will hear what was sealed",
                hint="restore it",
            )
