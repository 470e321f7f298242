"""The master: a look-ahead true-peak limiter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pyodide_app.engine.loudness import AFTER, BEFORE, true_peaks_above

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]
    type Gains = NDArray[np.float32]
    type Needs = NDArray[np.int64]
    """Per frame the gain that its true peak needs, in units of 2^-30."""
    type Source = Callable[[int, int], Planar]
    """Returns the frames from ``frame`` on, ``count`` of them; there are none before 0."""

CEILING = np.float32(0.8912509381337456)
"""-1 dBTP, what streaming services ask for."""

_UNITY = 1 << 30  # gains are averaged as integers: sums are exact, whatever the block size


class Limiter:
    """Keeps true peaks under a ceiling and leaves quieter material untouched, bit for bit.

    The gain at a frame is the mean, over +-20 ms, of the lowest gain that any frame within
    +-20 ms of each needs: it is never above what its own frame needs, changes by straight lines,
    and is a function of the material alone, so any block can be rendered at any time.

    Where the material is changed while it plays, what has been played cannot be turned down in
    time: from there the gain moves over in 10 ms, and meanwhile is never above what a frame needs.
    """

    def __init__(self, rate: int, ceiling: np.float32 = CEILING) -> None:
        """Take the sample rate in Hz and the ceiling as a factor of full scale."""
        self.ceiling = ceiling
        self.reach = max(1, rate // 50)
        self._ramp = max(1, rate // 100)
        self._turned: tuple[int, np.float32] = 0, np.float32(1)
        self.lowest = 1.0
        self.forget()

    @property
    def context(self) -> int:
        """How many frames before a frame its gain depends on."""
        return 2 * self.reach + BEFORE

    def forget(self) -> None:
        """Drop what was kept from earlier blocks: the source has changed."""
        self._start = 0
        self._mixed: Planar = np.zeros((2, 0), dtype=np.float32)
        self._needed: Needs = np.zeros(0, dtype=np.int64)

    def fork(self) -> Limiter:
        """Return a limiter that has turned where this one has."""
        twin = Limiter(1, self.ceiling)
        twin.reach, twin._ramp, twin._turned = self.reach, self._ramp, self._turned
        return twin

    def turn(self, source: Source, at: int) -> None:
        """Hear that ``source`` will be another from frame ``at`` on; at 0 nothing has sounded."""
        if at <= 0:
            self._turned = 0, np.float32(1)
        elif at != self._turned[0]:
            self._turned = at, self._gains(source, at, 1)[0]
        self.forget()

    def render(self, source: Source, frame: int, count: int) -> Planar:
        """Return ``count`` limited frames of ``source(frame, count)``, shape (2, count)."""
        gains = self._gains(source, frame, count)
        self.lowest = float(gains.min(initial=1))
        return self._mixed[:, frame - self._start :][:, :count] * gains

    def _gains(self, source: Source, frame: int, count: int) -> Gains:
        """Return the gain of ``count`` frames, or just one where nothing is turned down."""
        first, last = frame - 2 * self.reach, frame + count + 2 * self.reach
        self._gather(source, first, last)
        needed = self._needed[first - self._start : last - self._start]
        at, held = self._turned
        turning = at > 0 and frame < at + self._ramp
        if needed.min(initial=_UNITY) == _UNITY and not (turning and held < 1):
            return np.ones(1, dtype=np.float32)
        gains = _smooth(needed, self.reach)
        if not turning:
            return gains
        steps = np.arange(frame - at, frame - at + count)
        way = np.clip(steps, 0, self._ramp).astype(np.float32) / np.float32(self._ramp)
        moving = np.minimum(
            held + (gains - held) * way, _rounded_down(needed[2 * self.reach :][:count] / _UNITY)
        )
        return np.where(steps < self._ramp, moving, gains)

    def _gather(self, source: Source, first: int, last: int) -> None:
        """Have mix and needed gain of frames [first, last) at hand, adding only what is new."""
        end = self._start + self._needed.size
        if not self._start <= first <= end:
            self.forget()
            self._start = end = first
        keep = first - self._start
        more = last - end
        if more > 0:
            fresh = _source_from_zero(source, end - BEFORE, BEFORE + more + AFTER)
            body = fresh[:, BEFORE : BEFORE + more]
            self._mixed = np.concatenate((self._mixed[:, keep:], body), axis=1)
            self._needed = np.concatenate((self._needed[keep:], self._needs(fresh)))
            self._start = first

    def _needs(self, mixed: Planar) -> Needs:
        """Return the needs of all frames but the context at either end."""
        peaks = true_peaks_above(mixed, self.ceiling).astype(np.float64)
        needed = np.full(peaks.size, _UNITY, dtype=np.int64)
        loud = peaks > self.ceiling
        needed[loud] = (float(self.ceiling) / peaks[loud] * _UNITY).astype(np.int64)
        return needed


def _source_from_zero(source: Source, frame: int, count: int) -> Planar:
    """Ask the source, with silence before frame 0."""
    before = min(max(-frame, 0), count)
    if not before:
        return source(frame, count)
    silence = np.zeros((2, before), dtype=np.float32)
    if before == count:
        return silence
    return np.concatenate((silence, source(0, count - before)), axis=1)


def _smooth(needed: Needs, reach: int) -> Gains:
    """Return gains for all but ``2 * reach`` frames at either end of ``needed``."""
    width = 2 * reach + 1
    lowest = _sliding_minimum(needed, width)
    sums = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(lowest)))
    return _rounded_down((sums[width:] - sums[:-width]) / np.float64(width * _UNITY))


def _rounded_down(gains: NDArray[np.float64]) -> Gains:
    """Return float32 that is nowhere higher: higher would be above the ceiling."""
    rounded = gains.astype(np.float32)
    return np.where(rounded > gains, np.nextafter(rounded, np.float32(0)), rounded)


def _sliding_minimum(values: Needs, width: int) -> Needs:
    """Return the minimum of every ``width`` neighbours, by doubling windows."""
    lowest, span = values, 1
    while span < width:
        step = min(span, width - span)
        lowest = np.minimum(lowest[:-step], lowest[step:])
        span += step
    return lowest
