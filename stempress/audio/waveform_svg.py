"""Waveforms as SVG paths."""

from __future__ import annotations

import itertools
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT = 400, 64


@lru_cache(maxsize=1024)
def waveform_path(bins: tuple[tuple[float, float], ...], edge_level: float) -> str:
    """Return a closed SVG path in a ``WIDTH`` x ``HEIGHT`` box, whose edge is ``edge_level``."""
    middle = HEIGHT // 2
    scale = (middle - 1) / edge_level if edge_level else 0.0
    step = WIDTH // len(bins)
    tops = [middle - max(1, round(min(high * scale, middle - 1))) for _, high in bins]
    bottoms = [middle + max(1, round(min(-low * scale, middle - 1))) for low, _ in bins]
    upper, lower = _lines(tops, step), _lines(bottoms[::-1], -step)
    return f"M0 {tops[0]}{upper}h{step}V{bottoms[-1]}{lower}h{-step}z"


def _lines(heights: Sequence[int], step: int) -> str:
    """Return relative line commands through the heights, with equal heights merged."""
    parts: list[str] = []
    flat = 0
    for height, following in itertools.pairwise(heights):
        if following == height:
            flat += step
            continue
        if flat:
            parts.append(f"h{flat}")
            flat = 0
        parts.append(f"l{step} {following - height}")
    if flat:
        parts.append(f"h{flat}")
    return "".join(parts).replace(" -", "-")
