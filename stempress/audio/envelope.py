"""Waveform and RMS envelope of a stem, measured block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]

BINS = 200
ENVELOPE_BINS = 96


class WaveformMeter:
    """Waveform bins and RMS envelope of consecutive blocks."""

    def __init__(self, frames: int) -> None:
        """Take the total length in frames."""
        self._edges = np.linspace(0, frames, BINS + 1).astype(int)
        self._power_edges = np.linspace(0, frames, ENVELOPE_BINS + 1).astype(int)
        self._low, self._high = np.zeros(BINS), np.zeros(BINS)
        self._power = np.zeros(ENVELOPE_BINS)
        self._position = 0

    def add(self, block: Planar) -> None:
        """Measure the next block, shape (channels, frames)."""
        low, high = block.min(axis=0), block.max(axis=0)
        for index, frames in _bin_slices(self._edges, self._position, low.size):
            self._low[index] = min(self._low[index], low[frames].min())
            self._high[index] = max(self._high[index], high[frames].max())
        power = (block.astype(np.float64) ** 2).mean(axis=0)
        for index, frames in _bin_slices(self._power_edges, self._position, power.size):
            self._power[index] += power[frames].sum()
        self._position += low.size

    @property
    def bins(self) -> list[tuple[float, float]]:
        """Lowest and highest sample over all channels in ``BINS`` equal intervals."""
        return [(float(low), float(high)) for low, high in zip(self._low, self._high, strict=True)]

    @property
    def envelope(self) -> tuple[float, ...]:
        """RMS values in ``ENVELOPE_BINS`` equal intervals, scaled so that the largest is 1."""
        values = np.sqrt(self._power / np.maximum(np.diff(self._power_edges), 1))
        largest = float(values.max()) or 1.0
        return tuple(round(float(value) / largest, 3) for value in values)


def _bin_slices(edges: NDArray[np.int64], position: int, count: int) -> Iterator[tuple[int, slice]]:
    """Yield (bin, slice of the block) for the bins that a block at ``position`` overlaps."""
    first = int(np.searchsorted(edges, position, side="right")) - 1
    for index in range(max(first, 0), len(edges) - 1):
        start = max(int(edges[index]) - position, 0)
        end = min(int(edges[index + 1]) - position, count)
        if start >= count:
            return
        if start < end:
            yield index, slice(start, end)
