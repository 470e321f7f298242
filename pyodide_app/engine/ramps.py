"""Gains, pan, and click-free ramps and crossfades.

Ramps and fades keep some history, because the limiter reads past frames again and must get the
same samples as before.
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
    """Linear gains, shape (channels or 1, frames or 1)."""

FLOOR_DB = -60.0
"""Volume at or below which a row is silent."""
CEILING_DB = 6.0
"""Highest volume of a row."""

_STEP = 1.0011519555381682  # 10 ** (0.01 / 20): one hundredth of a decibel
_ONE = np.float32(1)


def gain(volume_db: float) -> np.float32:
    """Convert decibels to a linear gain, in steps of 0.01 dB; 0 at or below ``FLOOR_DB``.

    By repeated squaring, because ``pow`` differs in the last bit between platforms.
    """
    if not volume_db > FLOOR_DB:
        return np.float32(0)
    steps = round(min(volume_db, CEILING_DB) * 100)
    factor, square, exponent = 1.0, _STEP, abs(steps)
    while exponent:
        if exponent & 1:
            factor *= square
        square *= square
        exponent >>= 1
    return np.float32(factor if steps >= 0 else 1.0 / factor)


def pan_gains(pan: float) -> tuple[np.float32, np.float32]:
    """Return the left and right gains for a pan of -1 (left) to 1 (right).

    Equal power: the squares sum to 2 at every position, and the centre is exactly 1.
    """
    pan = max(-1.0, min(1.0, pan))
    return np.float32(sqrt(1.0 - pan)), np.float32(sqrt(1.0 + pan))


@dataclass(frozen=True, slots=True, eq=False)
class Ramp:
    """Linear ramp of gains, shape (channels, 1), to ``target`` over ``frames`` from ``start``."""

    target: Gains
    start: int = 0
    frames: int = 0
    previous: Ramp | None = None

    def ramp_to(self, target: Gains, start: int, frames: int, horizon: int) -> Ramp:
        """Return a ramp to ``target`` from frame ``start``; at 0, before playback, a constant.

        Frames before ``horizon`` will not be read again.
        """
        if start <= 0:
            return Ramp(target)
        played = self
        while played.previous is not None and played.start >= start:
            played = played.previous
        if np.array_equal(played.target, target):
            return played
        return Ramp(target, start, frames, played.trimmed(horizon))

    def trimmed(self, horizon: int) -> Ramp:
        """Return the ramp without the history that ends before frame ``horizon``."""
        if self.previous is None or self.start + self.frames <= horizon:
            return Ramp(self.target)
        return replace(self, previous=self.previous.trimmed(horizon))

    def gains(self, frame: int, count: int) -> Gains:
        """Return the gains of ``count`` frames, or one for all of them where they are constant."""
        if self.previous is None or frame >= self.start + self.frames:
            return self.target
        if frame + count <= self.start:
            return self.previous.gains(frame, count)
        origin = self.previous.gains(self.start, 1)
        steps = np.arange(frame - self.start, frame - self.start + count)
        progress = steps.astype(np.float32) / np.float32(self.frames)
        ramp = origin + (self.target - origin) * progress
        ramp = np.where(steps < self.frames, ramp, self.target)
        if frame >= self.start:
            return ramp
        return np.where(steps < 0, self.previous.gains(frame, count), ramp)


@dataclass(frozen=True, slots=True, eq=False)
class Fade[T]:
    """Equal-power crossfade from ``previous`` to ``current`` over ``frames`` from ``start``."""

    current: T
    start: int = 0
    frames: int = 0
    previous: Fade[T] | None = None

    def fade_to(self, value: T, start: int, frames: int, horizon: int) -> Fade[T]:
        """Return a crossfade to ``value``; arguments as for ``Ramp.ramp_to``."""
        if start <= 0:
            return Fade(value)
        played = self
        while played.previous is not None and played.start >= start:
            played = played.previous
        return Fade(value, start, frames, played.trimmed(horizon))

    def trimmed(self, horizon: int) -> Fade[T]:
        """Return the crossfade without the history that ends before frame ``horizon``."""
        if self.previous is None or self.start + self.frames <= horizon:
            return Fade(self.current)
        return replace(self, previous=self.previous.trimmed(horizon))

    def voices(self, frame: int, count: int) -> Iterator[tuple[T, Gains | None]]:
        """Yield each value audible in ``count`` frames with its fade gains; None for unity gain."""
        if self.previous is None or frame >= self.start + self.frames:
            yield self.current, None
        elif frame + count <= self.start:
            yield from self.previous.voices(frame, count)
        else:
            fade_in, fade_out = _crossfade(self.start, self.frames, frame, count)
            yield self.current, fade_in
            for value, gains in self.previous.voices(frame, count):
                yield value, fade_out if gains is None else gains * fade_out


def _crossfade(start: int, frames: int, frame: int, count: int) -> tuple[Gains, Gains]:
    """Return the equal-power fade-in and fade-out gains of ``count`` frames."""
    steps = np.arange(frame - start, frame - start + count)
    progress = np.clip(steps, 0, frames).astype(np.float32) / np.float32(frames)
    return np.sqrt(progress), np.sqrt(_ONE - progress)
