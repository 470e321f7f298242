"""Sample rate and length shared by all stems of a song."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyodide_app.engine.model import Song


@dataclass(frozen=True, slots=True)
class SongSound:
    """Sample rate in Hz and length in frames of a song's stems."""

    rate: int
    frames: int

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self.frames / self.rate


def bar_seconds(song: Song, sound: SongSound) -> float | None:
    """Return the length of a bar, from the number of bars or the tempo in 4/4; None if unknown."""
    if song.bars:
        return sound.seconds / song.bars
    return 240 / song.bpm if song.bpm else None


def preview_frames(song: Song, sound: SongSound, seconds: float) -> int:
    """Return the length of a preview, cut to whole bars if the song states their number."""
    frames = min(sound.frames, int(seconds * sound.rate))
    if not song.bars:
        return frames
    bars = frames * song.bars // sound.frames
    return bars * sound.frames // song.bars or frames
