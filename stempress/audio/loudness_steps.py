"""Loudness in steps of 100 ms, through the engine's K-weighting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pyodide_app.engine.loudness import gated_loudness
from stempress.audio.decode import regrouped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from pyodide_app.engine.weighting import KWeighting

    type Planar = NDArray[np.float32]

SPAN_SECONDS = 8
_WINDOW = 4  # steps of 100 ms in a window of BS.1770


def step_frames(rate: int) -> int:
    """Return the frames of 100 ms."""
    return max(1, round(rate / 10))


def spans(pieces: Iterable[Planar], rate: int) -> Iterator[Planar]:
    """Yield the same sound in longer pieces, each but the last a whole number of steps."""
    return regrouped(pieces, step_frames(rate) * 10 * SPAN_SECONDS)


def weighted_steps(weighting: KWeighting, span: Planar, rate: int) -> NDArray[np.float64]:
    """Return the weighted span cut into whole steps: (channels, steps, frames of a step)."""
    size = step_frames(rate)
    count = span.shape[1] // size
    weighted = weighting.weighted(span)
    return weighted[:, : count * size].reshape(len(span), count, size)


def integrated_loudness(powers: NDArray[np.float64]) -> float:
    """Return the gated loudness in LUFS of mean squares of steps, summed over channels."""
    if powers.size < _WINDOW:
        return -float("inf")
    sums = np.concatenate((np.zeros(1), np.cumsum(powers)))
    return gated_loudness((sums[_WINDOW:] - sums[:-_WINDOW]) / _WINDOW)
