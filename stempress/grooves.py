"""The geometry and the colours of drawn records."""

from __future__ import annotations

from itertools import pairwise
from math import cos, pi, sin
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


TEETH = 80
"""Half of the corners of a stem that would be all treble, less the eight that each has."""


def ring(envelope: Sequence[float], base: int, swing: int, points: int) -> str:
    """Return a closed SVG path around (0, 0), clockwise from the top.

    Its radius is ``base`` where the envelope is 0, ``base + swing`` where it is 1.
    """
    count = min(points, len(envelope)) or points
    places = []
    for at, value in enumerate(resampled(envelope, count)):
        angle, radius = 2 * pi * at / count, base + swing * value
        places.append((round(radius * sin(angle)), round(-radius * cos(angle))))
    return closed(places)


def contour(
    envelope: Sequence[float], bands: Sequence[Sequence[int]], base: int, most: int = 96
) -> str:
    """Return a stem's own outline as a closed SVG path around (0, 0), clockwise from the top.

    It swells with the envelope. The brighter a stem is, the more teeth it has, up to ``most``
    corners in all; every tooth is as long as there is treble at its time.
    """
    corners = min(most, 2 * round(TEETH * brightness(bands)) + 16)
    swell = resampled(envelope, corners)
    treble = resampled(bands[2] if bands else (), corners)
    places = []
    for at, (level, high) in enumerate(zip(swell, treble, strict=True)):
        tooth = 0.02 + 0.006 * high if at % 2 else 0.0
        angle, radius = 2 * pi * at / corners, base * (1 + 0.11 * level + tooth)
        places.append((round(radius * sin(angle)), round(-radius * cos(angle))))
    return closed(places)


def brightness(bands: Sequence[Sequence[int]]) -> float:
    """Return which part of a stem's bands is high, 0 to 1."""
    total = sum(map(sum, bands))
    return sum(bands[2]) / total if total else 0.0


def closed(places: Sequence[tuple[int, int]]) -> str:
    """Return points as a closed path of relative lines."""
    steps = (f"{x - x0} {y - y0}" for (x0, y0), (x, y) in pairwise(places))
    return f"M{places[0][0]} {places[0][1]}l{' '.join(steps)}z".replace(" -", "-")


def resampled(values: Sequence[float], count: int) -> list[float]:
    """Return ``count`` means of equal stretches, or values again; 0 where there are none."""
    if not values:
        return [0.0] * count
    edges = [at * len(values) // count for at in range(count + 1)]
    parts = (values[low : max(high, low + 1)] for low, high in pairwise(edges))
    return [sum(part) / len(part) for part in parts]


def shade(colour: str, way: float) -> str:
    """Return ``#rrggbb`` moved towards white (``way`` up to 1) or black (down to -1)."""
    goal = 255 if way > 0 else 0
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(part + (goal - part) * abs(way)):02x}" for part in parts)
