"""Gains, and what moves without a click from one value, or from one sound, to the next.

Nothing forgets at once what came before it: the limiter looks back, and must see again what it saw.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    type Gains = NDArray[np.float32]
    """Factors of shape (channels or 1, frames or 1)."""

FLOOR_DB = -60.0
"""A volume at or below this is silence."""
CEILING_DB = 6.0
"""The highest volume of a row."""

_STEP = 1.0011519555381682  # 10 ** (0.01 / 20): one hundredth of a decibel
_ONE = np.float32(1)


def gain(volume_db: float) -> np.float32:
    """Turn decibels into a factor, in steps of 0.01 dB; 0 at or below ``FLOOR_DB``.

    Repeated squaring of one constant, because ``pow`` differs in the last bit between machines.
    """
    if not volume_db > FLOOR_DB:
        return np.float32(0)
    steps = round(min(volume_db, CEILING_DB) * 100)
    factor, square, left = 1.0, _STEP, abs(steps)
    while left:
        if left & 1:
            factor *= square
        square *= square
        left >>= 1
    return np.float32(factor if steps >= 0 else 1.0 / factor)


def pan_gains(pan: float) -> tuple[np.float32, np.float32]:
    """Return left and right factors for a pan of -1 (left) to 1 (right).

    Equal power: the squares sum to 2 at every position, and the centre is exactly 1.
    """
    side = max(-1.0, min(1.0, pan))
    return np.float32(sqrt(1.0 - side)), np.float32(sqrt(1.0 + side))


@dataclass(frozen=True, slots=True, eq=False)
class Ramp:
    """Gains, shape (channels, 1), that move in straight lines to ``last`` from frame ``at`` on."""

    last: Gains
    at: int = 0
    frames: int = 0
    before: Ramp | None = None

    def towards(self, value: Gains, at: int, frames: int, horizon: int) -> Ramp:
        """Leave for ``value`` at frame ``at``; at 0 nothing has sounded, and it is there at once.

        What lay before frame ``horizon`` is not asked for again.
        """
        if at <= 0:
            return Ramp(value)
        heard = self
        while heard.before is not None and heard.at >= at:
            heard = heard.before
        if np.array_equal(heard.last, value):
            return heard
        return Ramp(value, at, frames, heard.recent(horizon))

    def recent(self, horizon: int) -> Ramp:
        """Return what is the same from frame ``horizon`` on, and knows little of before."""
        if self.before is None or self.at + self.frames <= horizon:
            return Ramp(self.last)
        return replace(self, before=self.before.recent(horizon))

    def over(self, frame: int, count: int) -> Gains:
        """Return the gains at ``count`` frames, one for all of them where they do not move."""
        if self.before is None or frame >= self.at + self.frames:
            return self.last
        if frame + count <= self.at:
            return self.before.over(frame, count)
        first = self.before.over(self.at, 1)
        steps = np.arange(frame - self.at, frame - self.at + count)
        way = steps.astype(np.float32) / np.float32(self.frames)
        moving = np.where(steps < self.frames, first + (self.last - first) * way, self.last)
        return (
            moving
            if frame >= self.at
            else np.where(steps < 0, self.before.over(frame, count), moving)
        )


@dataclass(frozen=True, slots=True, eq=False)
class Fade[T]:
    """What sounds from frame ``since`` on, crossfaded over ``frames`` from what did before."""

    now: T
    since: int = 0
    frames: int = 0
    before: Fade[T] | None = None

    def towards(self, value: T, at: int, frames: int, horizon: int) -> Fade[T]:
        """Leave for ``value`` as ``Ramp.towards`` does."""
        if at <= 0:
            return Fade(value)
        heard = self
        while heard.before is not None and heard.since >= at:
            heard = heard.before
        return Fade(value, at, frames, heard.recent(horizon))

    def recent(self, horizon: int) -> Fade[T]:
        """Return what is the same from frame ``horizon`` on, and knows little of before."""
        if self.before is None or self.since + self.frames <= horizon:
            return Fade(self.now)
        return replace(self, before=self.before.recent(horizon))

    def over(self, frame: int, count: int) -> Iterator[tuple[T, Gains | None]]:
        """Yield what sounds in ``count`` frames, and its share of each; None where it is alone."""
        if self.before is None or frame >= self.since + self.frames:
            yield self.now, None
        elif frame + count <= self.since:
            yield from self.before.over(frame, count)
        else:
            arriving, leaving = _crossfade(self.since, self.frames, frame, count)
            yield self.now, arriving
            for value, share in self.before.over(frame, count):
                yield value, leaving if share is None else share * leaving


def _crossfade(at: int, frames: int, frame: int, count: int) -> tuple[Gains, Gains]:
    """Return the equal-power fade-in that begins at frame ``at``, and the fade-out beside it."""
    steps = np.arange(frame - at, frame - at + count)
    way = np.clip(steps, 0, frames).astype(np.float32) / np.float32(frames)
    return np.sqrt(way), np.sqrt(_ONE - way)
