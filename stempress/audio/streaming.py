"""Songs that players may stream: long ones, in codecs that can be decoded in parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.audio.flac_frames import frame_starts
from stempress.audio.ogg_pages import page_starts
from stempress.collection.audio_formats import FORMATS

if TYPE_CHECKING:
    from stempress.audio.results import WebFile
    from stempress.audio.song_sound import SongSound

STREAMED_SECONDS = 60
"""Longer songs may be streamed; a player decodes the others at once."""
START_SECONDS = 2
"""Seconds between the places to read a stem from, as in stream-song.js."""
_FIND_STARTS = {
    FORMATS["opus"].type: page_starts,
    FORMATS["vorbis"].type: page_starts,
    FORMATS["flac"].type: frame_starts,
}


def is_streamed(media_type: str, seconds: float) -> bool:
    """Return whether players may stream a song, given its stems' media type and its length."""
    return media_type in _FIND_STARTS and seconds > STREAMED_SECONDS


def read_starts(stem: WebFile, sound: SongSound) -> list[int]:
    """Return the offsets to read a stem from: for second 0, START_SECONDS, twice that, ..."""
    return _FIND_STARTS[stem.type](stem.file, START_SECONDS, sound.rate)
