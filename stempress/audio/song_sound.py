"""Rate and length that all stems of a song share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyodide_app.engine.model import Song


@dataclass(frozen=True, slots=True)
class SongSound:
    """What all stems of a song share, as the browser decodes them."""

    rate: int
    frames: int

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self.frames / self.rate


def bar_seconds(song: Song, sound: SongSound) -> float | None:
    """Return how long a bar is: by the number of bars, else of four beats; None: nobody knows."""
    if song.bars:
        return sound.seconds / song.bars
    return 240 / song.bpm if song.bpm else None


def preview_frames(song: Song, sound: SongSound, seconds: float) -> int:
    """Return a preview's length: whole bars where the song says how many it has."""
    frames = min(sound.frames, int(seconds * sound.rate))
    if not song.bars:
        return frames
    whole = frames * song.bars // sound.frames
    return whole * sound.frames // song.bars or frames
