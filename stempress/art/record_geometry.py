"""Geometry and colours of drawn records."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from math import cos, pi, sin
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


SWELL = 0.16
"""How much further out an outline is where its stem is loudest, relative to its radius."""
RECORD_RADIUS, LABEL_RADIUS = 462, 112
"""Radii of a record and of its label with the groove around it, as in ``record.svg.jinja``."""
TEETH = 80
"""Half the corners of an outline that is all treble, not counting the eight that all have."""


def outline_radii(
    envelope: Sequence[float], bands: Sequence[Sequence[float]], radius: int, max_corners: int = 96
) -> list[float]:
    """Return the distances of an outline's corners from (0, 0), evenly spaced by angle."""
    corners = min(max_corners, 2 * round(TEETH * brightness(bands)) + 16)
    swell = resample(envelope, corners)
    treble = resample(bands[2] if bands else (), corners)
    return [
        radius * (1 + SWELL * level + (0.02 + 0.006 * high if corner % 2 else 0.0))
        for corner, (level, high) in enumerate(zip(swell, treble, strict=True))
    ]


def contour(
    envelope: Sequence[float], bands: Sequence[Sequence[float]], radius: int, max_corners: int = 96
) -> str:
    """Return a stem's outline as a closed SVG path around (0, 0), clockwise from the top.

    It swells with the envelope. Brighter stems have more teeth, up to ``max_corners`` corners in
    all, and each tooth is as long as there is treble at its time.
    """
    return closed_path(_polar_points(outline_radii(envelope, bands, radius, max_corners)))


def wedge(
    envelope: Sequence[float],
    bands: Sequence[Sequence[float]],
    radius: int,
    max_corners: int,
    turns: tuple[float, float],
) -> str:
    """Return a stem's outline between two turns of a circle, closed at its centre."""
    radii = outline_radii(envelope, bands, radius, max_corners)
    start, end = turns
    return closed_path([(0, 0), *_polar_points(radii, start, (end - start) / (len(radii) - 1))])


def strata(
    envelope: Sequence[float], bands: Sequence[Sequence[float]], inner: int, outer: int, points: int
) -> list[str]:
    """Return closed paths of a stem's treble, middle and bass, each drawn over the one before.

    The first reaches from ``inner``, where the envelope is 0, to ``outer``, where it is 1; the
    others show how much of that is below their band.
    """
    heights = [(outer - inner) * level for level in resample(envelope, points)]
    low, middle, high = (resample(band, points) for band in bands)
    upper = [
        _fraction(bass + mid, treble) for bass, mid, treble in zip(low, middle, high, strict=True)
    ]
    lower = [
        _fraction(bass, mid + treble) for bass, mid, treble in zip(low, middle, high, strict=True)
    ]
    shares = [1.0] * points, upper, lower
    return [
        closed_path(
            _polar_points(
                [inner + height * part for height, part in zip(heights, share, strict=True)]
            )
        )
        for share in shares
    ]


def _fraction(one: float, other: float) -> float:
    return one / (one + other) if one + other else 0.0


def _polar_points(
    radii: Sequence[float], start: float = 0.0, step: float = 0.0
) -> list[tuple[int, int]]:
    """Return points at ``radii``, by turns clockwise from the top; evenly spaced without a step."""
    directions = _directions(len(radii), start, step or 1 / len(radii))
    return [
        (round(radius * x), round(radius * y))
        for radius, (x, y) in zip(radii, directions, strict=True)
    ]


@cache
def _directions(count: int, start: float, step: float) -> list[tuple[float, float]]:
    angles = [2 * pi * (start + step * index) for index in range(count)]
    return [(sin(angle), -cos(angle)) for angle in angles]


def brightness(bands: Sequence[Sequence[float]]) -> float:
    """Return the share of treble in a stem's bands, 0 to 1."""
    total = sum(map(sum, bands))
    return sum(bands[2]) / total if total else 0.0


def closed_path(points: Sequence[tuple[int, int]]) -> str:
    """Return points as a closed SVG path of relative lines."""
    steps = (f"{x - x0} {y - y0}" for (x0, y0), (x, y) in pairwise(points))
    return f"M{points[0][0]} {points[0][1]}l{' '.join(steps)}z".replace(" -", "-")


def resample(values: Sequence[float], count: int) -> list[float]:
    """Return ``count`` means of equal sections, or repeated values; zeros if there are none."""
    if not values:
        return [0.0] * count
    if count % len(values) == 0:
        return [value for value in values for _ in range(count // len(values))]
    edges = [index * len(values) // count for index in range(count + 1)]
    sections = (values[low : max(high, low + 1)] for low, high in pairwise(edges))
    return [sum(section) / len(section) for section in sections]


def shade(colour: str, amount: float) -> str:
    """Return ``#rrggbb`` blended with white (``amount`` up to 1) or black (down to -1)."""
    target = 255 if amount > 0 else 0
    parts = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return "#" + "".join(f"{round(part + (target - part) * abs(amount)):02x}" for part in parts)
