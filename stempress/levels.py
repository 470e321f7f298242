"""Loudness of sound that comes in pieces, through the engine's K-weighting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pyodide_app.engine import loudness
from stempress.reading import regrouped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]

SPAN_SECONDS = 8
_LEAD_SECONDS = 0.5
"""After that long the weighting has forgotten all that 64-bit numbers can tell."""
_WINDOW = 4  # steps of 100 ms in a window of BS.1770


def step_frames(rate: int) -> int:
    """Return the frames of 100 ms."""
    return max(1, round(rate / 10))


def spans(pieces: Iterable[Planar], rate: int) -> Iterator[Planar]:
    """Yield the same sound in longer pieces, each but the last a whole number of steps."""
    return regrouped(pieces, step_frames(rate) * 10 * SPAN_SECONDS)


class Weighting:
    """K-weights one sound, span by span."""

    def __init__(self, rate: int) -> None:
        """Take the sample rate in Hz."""
        self._rate, self._lead = rate, int(rate * _LEAD_SECONDS)
        self._before: Planar | None = None

    def steps(self, span: Planar) -> NDArray[np.float64]:
        """Return the weighted span cut into whole steps: (channels, steps, frames of a step)."""
        before = span[:, :0] if self._before is None else self._before
        known = np.concatenate((before, span), axis=1)
        self._before = known[:, -self._lead :].copy()
        size = step_frames(self._rate)
        count = span.shape[1] // size
        weighted = np.stack([loudness.k_weighted(channel, self._rate) for channel in known])
        first = before.shape[1]
        return weighted[:, first : first + count * size].reshape(len(span), count, size)


def integrated(powers: NDArray[np.float64]) -> float:
    """Return the gated loudness in LUFS of mean squares of steps, summed over channels."""
    if powers.size < _WINDOW:
        return -float("inf")
    sums = np.concatenate((np.zeros(1), np.cumsum(powers)))
    return loudness.gated((sums[_WINDOW:] - sums[:-_WINDOW]) / _WINDOW)
