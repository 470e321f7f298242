"""Checks of the takes that a site publishes against its sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyodide_app.engine.take import TakeError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stempress.audio.song_sound import SongSound
    from stempress.collection.collection import Collection
    from stempress.core.errors import Findings


def check_takes(collection: Collection, songs: Mapping[str, SongSound], findings: Findings) -> None:
    """Report takes of songs that have another length now."""
    for take in collection.takes:
        sound = songs[take.song]
        try:
            take.take.at_rate(sound.rate, sound.frames)
        except TakeError as error:
            findings.fault(take.where, str(error), key="take", hint="record it in the mixer")
