"""When which frame of a song sounds: loops and seeks, and where its bars begin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import floor
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Loop = tuple[int, int]
    """The first song frame that is repeated, and the one after the last."""

BEATS = 4
"""Beats in a bar, where a song has a tempo and does not say how many bars it has."""


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars of a length in frames, which need not be whole; each begins at the nearest frame."""

    length: float

    @classmethod
    def of(cls, *, frames: int, rate: int, bars: float = 0, bpm: float = 0) -> Bars | None:
        """Divide a song into its bars; else take its tempo, in 4/4; None where neither is known."""
        if bars:
            return cls(frames / bars)
        return cls(rate * 60 * BEATS / bpm) if bpm else None

    def start(self, bar: int) -> int:
        """Return the song frame where a bar, counted from 0, begins."""
        return floor(bar * self.length + 0.5)

    def next(self, song_frame: int) -> int:
        """Return the first bar line at a song frame or after it."""
        bar = int(song_frame / self.length)
        return next(line for line in map(self.start, range(bar, bar + 3)) if line >= song_frame)


@dataclass(frozen=True, slots=True)
class Timeline:
    """``song_frame`` sounds at absolute frame ``at``, and so on from there, over and over a loop.

    Until ``at`` the timeline before it holds. Who starts behind a loop's end never comes into it.
    """

    at: int = 0
    song_frame: int = 0
    loop: Loop | None = None
    before: Timeline | None = None

    @property
    def looping(self) -> Loop | None:
        """The loop that will be repeated."""
        return self.loop if self.loop and self.song_frame < self.loop[1] else None

    def position(self, frame: int) -> int:
        """Return the song frame at an absolute frame; it may lie after the song's end."""
        if self.before is not None and frame < self.at:
            return self.before.position(frame)
        here = self.song_frame + frame - self.at
        if self.looping is None or here < self.looping[1]:
            return here
        start, end = self.looping
        return start + (here - start) % (end - start)

    def positions(self, frame: int, count: int) -> slice | NDArray[np.intp]:
        """Return the song frames of ``count`` absolute frames, as an index of samples.

        They begin at 0 even where that is before ``at``: nothing has sounded there.
        """
        if self.before is not None and frame < self.at:
            if frame + count <= self.at:
                return self.before.positions(frame, count)
            after = frame + count - self.at
            pieces = self.before.positions(frame, count - after), self.positions(self.at, after)
            joined: NDArray[np.intp] = np.concatenate([np.r_[piece] for piece in pieces])
            return joined
        here = self.position(frame)
        end = self.looping[1] if self.looping else here + count
        if here >= 0 and here + count <= end:
            return slice(here, here + count)
        wanted: NDArray[np.intp] = np.arange(here, here + count).clip(min=0)
        if self.looping:
            start, again = self.looping[0], wanted >= end
            wanted[again] = start + (wanted[again] - start) % (end - start)
        return wanted

    def repeating(self, loop: Loop | None, at: int, horizon: int) -> Timeline:
        """Repeat another range from frame ``at`` on, or none, and forget all before ``horizon``."""
        if at <= 0:
            return Timeline(0, self.position(0), loop)
        return Timeline(at, self.position(at), loop, self.recent(horizon))

    def recent(self, horizon: int) -> Timeline:
        """Return what is the same from frame ``horizon`` on, and knows little of before."""
        if self.before is None or self.at <= horizon:
            return replace(self, before=None)
        return replace(self, before=self.before.recent(horizon))

    def next_bar(self, frame: int, bars: Bars, frames: int) -> int:
        """Return the first absolute frame from ``frame`` on where a bar begins, or the song ends.

        A loop that holds no bar line counts as a bar.
        """
        here = self.position(frame)
        start, end = self.looping or (frames, frames)
        line = min(bars.next(here), end)
        if line < end or not self.looping:
            return frame + max(line - here, 0)
        first = bars.next(start)
        return frame + end - here + (first - start if first < end else 0)
