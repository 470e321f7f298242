"""Loudness measured in steps of 100 ms, with the engine's K-weighting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pyodide_app.engine.loudness import gated_loudness
from stempress.audio.sample_blocks import regroup

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from pyodide_app.engine.weighting import KWeighting

    type Planar = NDArray[np.float32]

SPAN_SECONDS = 8
_STEPS_PER_BLOCK = 4  # 100 ms steps per 400 ms gating block of BS.1770


def step_frames(rate: int) -> int:
    """Return the number of frames in 100 ms."""
    return max(1, round(rate / 10))


def spans(blocks: Iterable[Planar], rate: int) -> Iterator[Planar]:
    """Regroup into blocks of ``SPAN_SECONDS``, a whole number of steps except for the last."""
    return regroup(blocks, step_frames(rate) * 10 * SPAN_SECONDS)


def weighted_steps(weighting: KWeighting, span: Planar, rate: int) -> NDArray[np.float64]:
    """Return the K-weighted complete steps, shape (channels, steps, frames per step)."""
    size = step_frames(rate)
    count = span.shape[1] // size
    weighted = weighting.weighted(span)
    return weighted[:, : count * size].reshape(len(span), count, size)


def integrated_loudness(powers: NDArray[np.float64]) -> float:
    """Return the integrated loudness in LUFS, given the channels' summed power in each step."""
    if powers.size < _STEPS_PER_BLOCK:
        return -float("inf")
    sums = np.concatenate((np.zeros(1), np.cumsum(powers)))
    blocks = (sums[_STEPS_PER_BLOCK:] - sums[:-_STEPS_PER_BLOCK]) / _STEPS_PER_BLOCK
    return gated_loudness(blocks)
