"""Waveforms as pages show them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT = 400, 64


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
