"""The geometry and the colours of drawn records."""

from __future__ import annotations

from itertools import pairwise
from math import cos, pi, sin
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def ring(envelope: Sequence[float], base: int, swing: int, points: int) -> str:
    """Return a closed SVG path around (0, 0), clockwise from the top.

    Its radius is ``base`` where the envelope is 0, ``base + swing`` where it is 1.
    """
    count = min(points, len(envelope)) or points
    places = []
    for at, value in enumerate(resampled(envelope, count)):
        angle, radius = 2 * pi * at / count, base + swing * value
        places.append((round(radius * sin(angle)), round(-radius * cos(angle))))
    steps = (f"{x - x0} {y - y0}" for (x0, y0), (x, y) in pairwise(places))
    return f"M{places[0][0]} {places[0][1]}l{' '.join(steps)}z".replace(" -", "-")


def resampled(values: Sequence[float], count: int) -> list[float]:
    """Return ``count`` means of equal stretches; 0 where there are no values."""
    if not values:
        return [0.0] * count
    edges = [at * len(values) // count for at in range(count + 1)]
    return [sum(values[low:high]) / (high - low) for low, high in pairwise(edges)]


def shade(colour: str, way: float) -> str:
    """Return ``#rrggbb`` moved towards white (``way`` up to 1) or black (down to -1)."""
    goal = 255 if way > 0 else 0
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(part + (goal - part) * abs(way)):02x}" for part in parts)
