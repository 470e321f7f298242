"""Waveforms and envelopes, measured: what a stem looks like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]

BINS = 200
ENVELOPE_BINS = 96


class Outline:
    """What sound looks like, drawn from pieces of it."""

    def __init__(self, frames: int) -> None:
        """Take the length of the whole, in frames."""
        self._edges = np.linspace(0, frames, BINS + 1).astype(int)
        self._power_edges = np.linspace(0, frames, ENVELOPE_BINS + 1).astype(int)
        self._low, self._high = np.zeros(BINS), np.zeros(BINS)
        self._power = np.zeros(ENVELOPE_BINS)
        self._at = 0

    def add(self, piece: Planar) -> None:
        """Draw the next piece, shape (channels, frames)."""
        low, high = piece.min(axis=0), piece.max(axis=0)
        for bin_, part in _stretches(self._edges, self._at, low.size):
            self._low[bin_] = min(self._low[bin_], low[part].min())
            self._high[bin_] = max(self._high[bin_], high[part].max())
        power = (piece.astype(np.float64) ** 2).mean(axis=0)
        for bin_, part in _stretches(self._power_edges, self._at, power.size):
            self._power[bin_] += power[part].sum()
        self._at += low.size

    @property
    def bins(self) -> list[tuple[float, float]]:
        """Lowest and highest sample of ``BINS`` equal stretches, over all channels."""
        return [(float(low), float(high)) for low, high in zip(self._low, self._high, strict=True)]

    @property
    def envelope(self) -> tuple[float, ...]:
        """``ENVELOPE_BINS`` effective values over time, the loudest being 1."""
        values = np.sqrt(self._power / np.maximum(np.diff(self._power_edges), 1))
        top = float(values.max()) or 1.0
        return tuple(round(float(value) / top, 3) for value in values)


def _stretches(edges: NDArray[np.int64], at: int, count: int) -> Iterator[tuple[int, slice]]:
    """Yield the bins that frames [at, at + count) fall into, and which of the frames do."""
    first = int(np.searchsorted(edges, at, side="right")) - 1
    for bin_ in range(max(first, 0), len(edges) - 1):
        start, end = max(int(edges[bin_]) - at, 0), min(int(edges[bin_ + 1]) - at, count)
        if start >= count:
            return
        if start < end:
            yield bin_, slice(start, end)
