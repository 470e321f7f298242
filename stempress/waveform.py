"""Waveforms and envelopes: what a stem looks like."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]

BINS = 200
WIDTH, HEIGHT = 400, 64
ENVELOPE_BINS = 96


def peaks(samples: Planar) -> list[tuple[float, float]]:
    """Return lowest and highest sample of ``BINS`` equal stretches, over all channels."""
    low, high = samples.min(axis=0), samples.max(axis=0)
    edges = np.linspace(0, low.size, BINS + 1).astype(int)
    return [
        (float(low[start:end].min(initial=0)), float(high[start:end].max(initial=0)))
        for start, end in itertools.pairwise(edges)
    ]


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


def envelope(samples: Planar) -> tuple[float, ...]:
    """Return ``ENVELOPE_BINS`` effective values over time, the loudest being 1."""
    edges = np.linspace(0, samples.shape[1], ENVELOPE_BINS + 1).astype(int)
    power = (samples.astype(np.float64) ** 2).mean(axis=0)
    sums = np.concatenate((np.zeros(1), np.cumsum(power)))
    spans = np.maximum(edges[1:] - edges[:-1], 1)
    values = np.sqrt(np.maximum(sums[edges[1:]] - sums[edges[:-1]], 0) / spans)
    top = float(values.max(initial=0)) or 1.0
    return tuple(round(float(value) / top, 3) for value in values)
