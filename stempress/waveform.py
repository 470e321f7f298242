"""Waveforms and envelopes: what a stem looks like."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]

BINS = 200
WIDTH, HEIGHT = 400, 64
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


def waveform_path(bins: Sequence[tuple[float, float]], full: float) -> str:
    """Return peaks as a closed SVG path in a ``WIDTH`` x ``HEIGHT`` box; ``full`` is its edge."""
    middle = HEIGHT // 2
    scale = (middle - 1) / full if full else 0.0
    step = WIDTH // len(bins)
    tops = [middle - max(1, round(min(high * scale, middle - 1))) for _, high in bins]
    bottoms = [middle + max(1, round(min(-low * scale, middle - 1))) for low, _ in bins]
    start = f"M0 {tops[0]}"
    across = _lines(tops, step)
    back = _lines(bottoms[::-1], -step)
    return f"{start}{across}h{step}V{bottoms[-1]}{back}h{-step}z"


def _lines(heights: Sequence[int], step: int) -> str:
    """Return relative lines from the first height through the others, runs drawn as one."""
    parts: list[str] = []
    flat = 0
    for before, after in itertools.pairwise(heights):
        if after == before:
            flat += step
            continue
        if flat:
            parts.append(f"h{flat}")
            flat = 0
        parts.append(f"l{step} {after - before}")
    if flat:
        parts.append(f"h{flat}")
    return "".join(parts).replace(" -", "-")
