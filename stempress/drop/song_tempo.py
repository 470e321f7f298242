"""The tempo of a new song: from the names of its files, else measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stempress.audio.tempo import measure_tempo
from stempress.drop.name_guess import tempo_in_names

if TYPE_CHECKING:
    from stempress.drop.draft import SongDraft

_WHOLE_BARS = 0.02
"""How far from a whole number of bars a song may be, in bars."""


class SongTempo(NamedTuple):
    """Tempo in BPM and number of bars, if they are known, and tempos that are possible."""

    bpm: float | None = None
    bars: int | None = None
    candidates: tuple[float, ...] = ()

    def __str__(self) -> str:
        if self.bpm:
            return f"{self.bpm:g} bpm" + (f", {self.bars} bars" if self.bars else "")
        if self.candidates:
            possible = " or ".join(f"{bpm:g}" for bpm in self.candidates)
            return f"no tempo is certain; {possible} bpm are possible: set bpm and bars yourself"
        return "no tempo was found"


def song_tempo(song: SongDraft, beats: int) -> SongTempo:
    """Return a song's tempo; ``beats`` is the number of beats in a bar."""
    bpm = tempo_in_names(["/".join(file.parts[-3:]) for file in song.files])
    if bpm is None:
        return SongTempo(*measure_tempo(song.files, beats))
    bars = bpm * song.seconds / 60 / beats
    is_whole = abs(bars - round(bars)) < _WHOLE_BARS and round(bars)
    return SongTempo(bpm, round(bars) if is_whole else None)
