"""Timeline: maps absolute frames to song frames through loops and seeks; bar lines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import floor
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Loop = tuple[int, int]
    """Song frames [start, end)."""

BEATS_PER_BAR = 4
"""Assumed for a song that has a tempo but no number of bars."""


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars of equal length in frames, possibly fractional; each starts at the nearest frame."""

    length: float

    @classmethod
    def from_song(cls, *, frames: int, rate: int, bars: float = 0, bpm: float = 0) -> Bars | None:
        """Divide a song by its number of bars, else by its tempo in 4/4; None if both are 0."""
        if bars:
            return cls(frames / bars)
        return cls(rate * 60 * BEATS_PER_BAR / bpm) if bpm else None

    def start(self, bar: int) -> int:
        """Return the song frame where a bar, counted from 0, starts."""
        return floor(bar * self.length + 0.5)

    def next_line(self, song_frame: int) -> int:
        """Return the first bar line at or after a song frame."""
        bar = int(song_frame / self.length)
        return next(line for line in map(self.start, range(bar, bar + 3)) if line >= song_frame)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Playback from absolute frame ``start``, where ``song_frame`` sounds, with an optional loop.

    Before ``start``, the ``previous`` timeline applies. Playback that starts after the loop's end
    never enters the loop.
    """

    start: int = 0
    song_frame: int = 0
    loop: Loop | None = None
    previous: Timeline | None = None

    @property
    def active_loop(self) -> Loop | None:
        """The loop, if playback will enter it."""
        return self.loop if self.loop and self.song_frame < self.loop[1] else None

    def position(self, frame: int) -> int:
        """Return the song frame at an absolute frame; it may be past the song's end."""
        if self.previous is not None and frame < self.start:
            return self.previous.position(frame)
        position = self.song_frame + frame - self.start
        if self.active_loop is None or position < self.active_loop[1]:
            return position
        start, end = self.active_loop
        return start + (position - start) % (end - start)

    def positions(self, frame: int, count: int) -> slice | NDArray[np.intp]:
        """Return the song frames of ``count`` absolute frames, as an index into samples.

        Clipped to 0 before the song's first frame, where nothing sounds.
        """
        if self.previous is not None and frame < self.start:
            if frame + count <= self.start:
                return self.previous.positions(frame, count)
            after = frame + count - self.start
            parts = (
                self.previous.positions(frame, count - after),
                self.positions(self.start, after),
            )
            joined: NDArray[np.intp] = np.concatenate([np.r_[part] for part in parts])
            return joined
        first = self.position(frame)
        loop_end = self.active_loop[1] if self.active_loop else first + count
        if first >= 0 and first + count <= loop_end:
            return slice(first, first + count)
        positions: NDArray[np.intp] = np.arange(first, first + count).clip(min=0)
        if self.active_loop:
            loop_start, wrapped = self.active_loop[0], positions >= loop_end
            length = loop_end - loop_start
            positions[wrapped] = loop_start + (positions[wrapped] - loop_start) % length
        return positions

    def with_loop(self, loop: Loop | None, frame: int, horizon: int) -> Timeline:
        """Return this timeline with another loop, or none, from an absolute frame on.

        History before ``horizon`` is dropped.
        """
        if frame <= 0:
            return Timeline(0, self.position(0), loop)
        return Timeline(frame, self.position(frame), loop, self.trimmed(horizon))

    def trimmed(self, horizon: int) -> Timeline:
        """Return the timeline without the history that ends before frame ``horizon``."""
        if self.previous is None or self.start <= horizon:
            return replace(self, previous=None)
        return replace(self, previous=self.previous.trimmed(horizon))

    def next_bar(self, frame: int, bars: Bars, frames: int) -> int:
        """Return the first absolute frame from ``frame`` on where a bar starts or the song ends.

        ``frames`` is the song's length. A loop without a bar line counts as one bar.
        """
        position = self.position(frame)
        start, end = self.active_loop or (frames, frames)
        line = min(bars.next_line(position), end)
        if line < end or not self.active_loop:
            return frame + max(line - position, 0)
        first = bars.next_line(start)
        return frame + end - position + (first - start if first < end else 0)
