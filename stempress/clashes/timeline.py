"""Timeline of a song: its bars, and the grid of sixteenth notes that its stems play on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stempress.audio.song_sound import bar_seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pyodide_app.engine.model import Song
    from stempress.audio.song_sound import SongSound

SECTION_SECONDS = 2.0
"""What is compared as one piece of a song whose bars are not known."""
STEPS_PER_BEAT = 4
STEP_RANGE_HZ = (4.0, 14.0)
"""Sixteenth notes at 60 to 210 BPM."""
MIN_REGULARITY = 0.5
"""Mean resultant length of onsets on a grid; less is no grid."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """A song's length and grid in seconds.

    ``section`` is the length of a bar, or of a piece where bars are not known; ``step`` that of a
    sixteenth note, None if there is no beat.
    """

    seconds: float
    section: float
    has_bars: bool
    step: float | None

    @property
    def sections(self) -> int:
        """Number of bars or pieces, an incomplete one included."""
        return max(1, int(np.ceil(self.seconds / self.section - 1e-6)))

    def place(self, section: int) -> tuple[float, int | None]:
        """Return the start of a section in seconds, and the number of its bar from 1."""
        return section * self.section, section + 1 if self.has_bars else None

    def starts(self, count: int, rate: float) -> NDArray[np.int64]:
        """Return the indices at which sections begin among ``count`` values, ``rate`` a second."""
        starts = np.rint(np.arange(self.sections) * self.section * rate).astype(np.int64)
        return starts[starts < count]

    def section_of(self, times: NDArray[np.floating]) -> NDArray[np.int64]:
        """Return the indices of the sections that times in seconds are in."""
        indices = np.floor(np.asarray(times, dtype=np.float64) / self.section).astype(np.int64)
        return np.clip(indices, 0, self.sections - 1)


def song_timeline(song: Song, sound: SongSound, onsets: Sequence[NDArray[np.floating]]) -> Timeline:
    """Return a song's timeline, from what its file says, or else from its stems' onsets."""
    bar = bar_seconds(song, sound)
    if bar is None:
        step = find_step(onsets, sound.seconds)
        return Timeline(sound.seconds, SECTION_SECONDS, has_bars=False, step=step)
    beats = max(1, round(bar * song.bpm / 60)) if song.bpm else STEPS_PER_BEAT
    return Timeline(sound.seconds, bar, has_bars=True, step=bar / beats / STEPS_PER_BEAT)


def find_step(onsets: Sequence[NDArray[np.floating]], seconds: float) -> float | None:
    """Return the period in seconds that most onsets are multiples of; None if there is none."""
    stems = [times for times in onsets if len(times)]
    count = sum(map(len, stems))
    if not count:
        return None
    low, high = STEP_RANGE_HZ
    rates = np.arange(low, high, 1 / (8 * seconds), dtype=np.float64)
    fits = np.sum([len(times) * regularity(times, rates) for times in stems], axis=0)
    best = int(fits.argmax())
    return 1 / float(rates[best]) if fits[best] >= MIN_REGULARITY * count else None


def regularity(times: NDArray[np.floating], rates: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean resultant length, 0 to 1, of times on grids of so many steps per second."""
    parts = np.array_split(rates, 1 + len(rates) * len(times) // 500_000)
    return np.concatenate(
        [np.abs(np.exp(2j * np.pi * np.outer(part, times)).mean(axis=1)) for part in parts]
    )
