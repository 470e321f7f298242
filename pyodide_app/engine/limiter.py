"""Look-ahead true-peak limiter for the master."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pyodide_app.engine.loudness import CONTEXT_AFTER, CONTEXT_BEFORE, true_peaks_above

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]
    type Gains = NDArray[np.float32]
    type RequiredGains = NDArray[np.int64]
    """The highest gain that keeps each frame's true peak under the ceiling, in units of 2^-30."""
    type Source = Callable[[int, int], Planar]
    """``source(frame, count)`` returns stereo frames; ``frame`` is never negative."""

CEILING = np.float32(0.8912509381337456)
"""-1 dBTP, as streaming services recommend."""

_UNITY = 1 << 30  # gains are averaged as integers: the sums are exact, whatever the block size
_BLOCK_FRAMES = 1 << 16  # processed at once: all buffers fit the processor's cache


class Limiter:
    """Keeps true peaks under a ceiling and passes quieter material bit for bit.

    The gain of a frame is the moving average over +-20 ms of the moving minimum over +-20 ms of the
    required gains. So it never exceeds its own frame's required gain, moves in straight lines, and
    depends on the material only: any block can be rendered at any time.

    If the material changes during playback, frames that were already played can no longer be
    attenuated in advance. The gain then moves to its new value within 10 ms, without exceeding the
    required gain of any frame.
    """

    def __init__(self, rate: int, ceiling: np.float32 = CEILING) -> None:
        """Take the sample rate in Hz and the ceiling as a linear level."""
        self.ceiling = ceiling
        self.reach = max(1, rate // 50)
        self._ramp = max(1, rate // 100)
        self._change_frame, self._change_gain = 0, np.float32(1)
        self.lowest_gain = 1.0
        self.clear_cache()

    @property
    def context(self) -> int:
        """Number of preceding frames that a frame's gain depends on."""
        return 2 * self.reach + CONTEXT_BEFORE

    def clear_cache(self) -> None:
        """Drop the source frames read so far, because the source has changed."""
        self._start = 0
        self._source_frames: Planar = np.zeros((2, 0), dtype=np.float32)
        self._required: RequiredGains = np.zeros(0, dtype=np.int64)

    def fork(self) -> Limiter:
        """Return a copy with the same state and an empty cache."""
        copy = Limiter(1, self.ceiling)
        copy.reach, copy._ramp = self.reach, self._ramp
        copy._change_frame, copy._change_gain = self._change_frame, self._change_gain
        return copy

    def prepare_change(self, source: Source, frame: int) -> None:
        """Prepare for the source to change from ``frame`` on; 0 means before playback."""
        if frame <= 0:
            self._change_frame, self._change_gain = 0, np.float32(1)
        elif frame != self._change_frame:
            self._change_gain = self._gains(source, frame, 1)[0]
            self._change_frame = frame
        self.clear_cache()

    def render(self, source: Source, frame: int, count: int) -> Planar:
        """Return ``count`` limited frames of ``source(frame, count)``, shape (2, count)."""
        out = np.empty((2, count), dtype=np.float32)
        self.lowest_gain = 1.0
        for start in range(0, count, _BLOCK_FRAMES):
            block = out[:, start : start + _BLOCK_FRAMES]
            gains = self._gains(source, frame + start, block.shape[1])
            frames = self._source_frames[:, frame + start - self._start :][:, : block.shape[1]]
            np.multiply(frames, gains, out=block)
            self.lowest_gain = min(self.lowest_gain, float(gains.min()))
        return out

    def _gains(self, source: Source, frame: int, count: int) -> Gains:
        """Return the gains of ``count`` frames, or a single 1 if nothing is attenuated."""
        first, last = frame - 2 * self.reach, frame + count + 2 * self.reach
        self._fill_cache(source, first, last)
        required = self._required[first - self._start : last - self._start]
        changing = self._change_frame > 0 and frame < self._change_frame + self._ramp
        attenuated = np.flatnonzero(required < _UNITY)
        if not attenuated.size and not (changing and self._change_gain < 1):
            return np.ones(1, dtype=np.float32)
        gains = np.ones(count, dtype=np.float32)
        if attenuated.size:
            width = 4 * self.reach
            start, stop = max(attenuated[0] - width, 0), min(attenuated[-1] + 1, count)
            gains[start:stop] = _smooth(required[start : stop + width], self.reach)
        if not changing:
            return gains
        limits = _round_down(required[2 * self.reach :][:count] / _UNITY)
        return self._ramp_after_change(gains, limits, frame)

    def _ramp_after_change(self, gains: Gains, limits: Gains, frame: int) -> Gains:
        """Move from the gain at the last change to ``gains``, never exceeding ``limits``."""
        steps = np.arange(gains.size) + (frame - self._change_frame)
        progress = np.clip(steps, 0, self._ramp).astype(np.float32) / np.float32(self._ramp)
        ramp = self._change_gain + (gains - self._change_gain) * progress
        return np.where(steps < self._ramp, np.minimum(ramp, limits), gains)

    def _fill_cache(self, source: Source, first: int, last: int) -> None:
        """Cache source frames [first, last) and their required gains, reading only new ones."""
        end = self._start + self._required.size
        if not self._start <= first <= end:
            self.clear_cache()
            self._start = end = first
        keep = first - self._start
        missing = last - end
        if missing > 0:
            context = CONTEXT_BEFORE + CONTEXT_AFTER
            fresh = _read_padded(source, end - CONTEXT_BEFORE, missing + context)
            body = fresh[:, CONTEXT_BEFORE : CONTEXT_BEFORE + missing]
            self._source_frames = np.concatenate((self._source_frames[:, keep:], body), axis=1)
            required = self._required_gains(fresh)
            self._required = np.concatenate((self._required[keep:], required))
            self._start = first

    def _required_gains(self, frames: Planar) -> RequiredGains:
        """Return the required gains of all frames except the context at either end."""
        peaks = true_peaks_above(frames, self.ceiling).astype(np.float64)
        required = np.full(peaks.size, _UNITY, dtype=np.int64)
        loud = peaks > self.ceiling
        required[loud] = (float(self.ceiling) / peaks[loud] * _UNITY).astype(np.int64)
        return required


def _read_padded(source: Source, frame: int, count: int) -> Planar:
    """Read from the source, with silence before frame 0."""
    before = min(max(-frame, 0), count)
    if not before:
        return source(frame, count)
    silence = np.zeros((2, before), dtype=np.float32)
    if before == count:
        return silence
    return np.concatenate((silence, source(0, count - before)), axis=1)


def _smooth(required: RequiredGains, reach: int) -> Gains:
    """Return smoothed gains for all but ``2 * reach`` frames at either end of ``required``."""
    width = 2 * reach + 1
    lowest = _moving_minimum(required, width)
    sums = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(lowest)))
    return _round_down((sums[width:] - sums[:-width]) / np.float64(width * _UNITY))


def _round_down(gains: NDArray[np.float64]) -> Gains:
    """Round to float32, never up: a higher gain would exceed the ceiling."""
    rounded = gains.astype(np.float32)
    return np.where(rounded > gains, np.nextafter(rounded, np.float32(0)), rounded)


def _moving_minimum(values: RequiredGains, width: int) -> RequiredGains:
    """Return the minimum of every ``width`` consecutive values, by doubling the window."""
    lowest, span = values, 1
    while span < width:
        step = min(span, width - span)
        lowest = np.minimum(lowest[:-step], lowest[step:])
        span += step
    return lowest
