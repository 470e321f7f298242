"""The geometry and the colours of drawn records."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from math import cos, pi, sin
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


SWELL = 0.16
"""How much further out an outline is where its stem is loudest."""
TEETH = 80
"""Half of the corners of a stem that would be all treble, less the eight that each has."""


def contour(
    envelope: Sequence[float], bands: Sequence[Sequence[float]], base: int, most: int = 96
) -> str:
    """Return a stem's own outline as a closed SVG path around (0, 0), clockwise from the top.

    It swells with the envelope. The brighter a stem is, the more teeth it has, up to ``most``
    corners in all; every tooth is as long as there is treble at its time.
    """
    return closed(_placed(_radii(envelope, bands, base, most)))


def wedge(
    envelope: Sequence[float],
    bands: Sequence[Sequence[float]],
    base: int,
    most: int,
    turns: tuple[float, float],
) -> str:
    """Return a stem's outline between two turns of a circle, closed at its centre."""
    radii = _radii(envelope, bands, base, most)
    start, end = turns
    return closed([(0, 0), *_placed(radii, start, (end - start) / (len(radii) - 1))])


def strata(
    envelope: Sequence[float], bands: Sequence[Sequence[float]], inner: int, outer: int, points: int
) -> list[str]:
    """Return closed paths of a stem's treble, middle and bass, each on top of the one before.

    The first reaches from ``inner``, where the envelope is 0, to ``outer``, where it is 1; the
    others show how much of that is below their band.
    """
    room = [(outer - inner) * level for level in resampled(envelope, points)]
    low, middle, high = (resampled(band, points) for band in bands)
    upper = [_part(bass + mid, treble) for bass, mid, treble in zip(low, middle, high, strict=True)]
    lower = [_part(bass, mid + treble) for bass, mid, treble in zip(low, middle, high, strict=True)]
    shares = [1.0] * points, upper, lower
    return [
        closed(_placed([inner + all_ * part for all_, part in zip(room, share, strict=True)]))
        for share in shares
    ]


def _part(one: float, other: float) -> float:
    return one / (one + other) if one + other else 0.0


def _radii(
    envelope: Sequence[float], bands: Sequence[Sequence[float]], base: int, most: int
) -> list[float]:
    corners = min(most, 2 * round(TEETH * brightness(bands)) + 16)
    swell = resampled(envelope, corners)
    treble = resampled(bands[2] if bands else (), corners)
    return [
        base * (1 + SWELL * level + (0.02 + 0.006 * high if at % 2 else 0.0))
        for at, (level, high) in enumerate(zip(swell, treble, strict=True))
    ]


def _placed(radii: Sequence[float], start: float = 0.0, step: float = 0.0) -> list[tuple[int, int]]:
    """Return points at angles, in turns clockwise from the top; without a step all around."""
    directions = _directions(len(radii), start, step or 1 / len(radii))
    return [
        (round(radius * x), round(radius * y))
        for radius, (x, y) in zip(radii, directions, strict=True)
    ]


@cache
def _directions(count: int, start: float, step: float) -> list[tuple[float, float]]:
    angles = [2 * pi * (start + step * at) for at in range(count)]
    return [(sin(angle), -cos(angle)) for angle in angles]


def brightness(bands: Sequence[Sequence[float]]) -> float:
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
    if count % len(values) == 0:
        return [value for value in values for _ in range(count // len(values))]
    edges = [at * len(values) // count for at in range(count + 1)]
    parts = (values[low : max(high, low + 1)] for low, high in pairwise(edges))
    return [sum(part) / len(part) for part in parts]


def shade(colour: str, way: float) -> str:
    """Return ``#rrggbb`` moved towards white (``way`` up to 1) or black (down to -1)."""
    goal = 255 if way > 0 else 0
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(part + (goal - part) * abs(way)):02x}" for part in parts)
