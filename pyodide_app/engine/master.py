"""The master: a look-ahead true-peak limiter, and dither for a shrinking word length."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pyodide_app.engine.loudness import true_peaks

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]
    type Source = Callable[[int, int], Planar]

CEILING = np.float32(0.8912509381337456)
"""-1 dBTP, what streaming services ask for."""

_UNITY = 1 << 30  # gains are averaged as integers: sums are exact, whatever the block size
_QUIET = np.float32(CEILING / 2.03)  # the oversampling filter raises no sample by more than 2.023
_CONTEXT = 8  # frames on either side that the oversampling filter looks at, rounded up


class Limiter:
    """Keeps true peaks under a ceiling and leaves quieter material untouched, bit for bit.

    The gain at a frame is the mean, over +-20 ms, of the lowest gain that any frame within
    +-20 ms of each needs: it is never above what its own frame needs, changes by straight lines,
    and is a function of the material alone, so any block can be rendered at any time.
    """

    def __init__(self, rate: int, ceiling: np.float32 = CEILING) -> None:
        """Take the sample rate in Hz and the ceiling as a factor of full scale."""
        self.ceiling = ceiling
        self.reach = max(1, rate // 50)
        self._start = 0
        self._mixed: Planar = np.zeros((2, 0), dtype=np.float32)
        self._needed: NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    def forget(self) -> None:
        """Drop what was kept from earlier blocks: the source has changed."""
        self._mixed = np.zeros((2, 0), dtype=np.float32)
        self._needed = np.zeros(0, dtype=np.int64)

    def render(self, source: Source, frame: int, count: int) -> Planar:
        """Return ``count`` limited frames of ``source(frame, count)``, shape (2, count)."""
        first, last = frame - 2 * self.reach, frame + count + 2 * self.reach
        self._gather(source, first, last)
        mixed = self._mixed[:, frame - self._start : frame - self._start + count]
        needed = self._needed[first - self._start : last - self._start]
        if needed.min(initial=_UNITY) == _UNITY:
            return mixed.copy()
        return mixed * _smooth(needed, self.reach)

    def _gather(self, source: Source, first: int, last: int) -> None:
        """Have mix and needed gain of frames [first, last) at hand, adding only what is new."""
        end = self._start + self._needed.size
        if not self._start <= first <= end:
            self.forget()
            self._start = end = first
        keep = first - self._start
        more = last - end
        if more > 0:
            fresh = _source_from_zero(source, end - _CONTEXT, more + 2 * _CONTEXT)
            needed = self._needs(fresh)[_CONTEXT : _CONTEXT + more]
            body = fresh[:, _CONTEXT : _CONTEXT + more]
            self._mixed = np.concatenate((self._mixed[:, keep:], body), axis=1)
            self._needed = np.concatenate((self._needed[keep:], needed))
            self._start = first

    def _needs(self, mixed: Planar) -> NDArray[np.int64]:
        """Return per frame the gain, in units of 2^-30, that its true peak needs."""
        needed = np.full(mixed.shape[1], _UNITY, dtype=np.int64)
        if max(mixed.max(initial=0), -mixed.min(initial=0)) <= _QUIET:
            return needed
        peaks = true_peaks(mixed).max(axis=0).astype(np.float64)
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


def _smooth(needed: NDArray[np.int64], reach: int) -> NDArray[np.float32]:
    """Return gains for all but ``2 * reach`` frames at either end of ``needed``."""
    width = 2 * reach + 1
    lowest = _sliding_minimum(needed, width)
    sums = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(lowest)))
    means = (sums[width:] - sums[:-width]) / np.float64(width * _UNITY)
    # A float32 above the float64 mean would be above the ceiling: round towards zero.
    rounded = means.astype(np.float32)
    return np.where(rounded > means, np.nextafter(rounded, np.float32(0)), rounded)


def _sliding_minimum(values: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    """Return the minimum of every ``width`` neighbours, by doubling windows."""
    lowest, span = values, 1
    while span < width:
        step = min(span, width - span)
        lowest = np.minimum(lowest[:-step], lowest[step:])
        span += step
    return lowest


def tpdf_dither(planar: Planar, bits: int, seed: int = 0) -> Planar:
    """Add triangular noise of +-1 step of a ``bits`` wide word, from a seeded generator."""
    generator = np.random.Generator(np.random.PCG64(seed))
    noise = generator.random(planar.shape, dtype=np.float32)
    noise -= generator.random(planar.shape, dtype=np.float32)
    return planar + noise * np.float32(1 / (1 << (bits - 1)))
