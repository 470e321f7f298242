"""Shapes of videos: where the record, the words and the waveform are in a frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle of a frame, in pixels."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes in pixels, all of them even: encoders halve the resolution of colours.

    The record is around the middle of ``sleeve``. ``wave`` is the waveform; the lines of text are
    above it, ``title`` and ``byline`` pixels high, the first ``lead`` pixels above.
    """

    width: int
    height: int
    sleeve: Box
    diameter: int
    wave: Box
    title: int
    byline: int
    lead: int

    def scaled(self, times: int, divisor: int) -> Shape:
        """Return the shape in ``times / divisor`` of its size."""

        def to_even(length: int) -> int:
            return 2 * round(length * times / divisor / 2)

        return Shape(
            to_even(self.width),
            to_even(self.height),
            Box(*map(to_even, self.sleeve)),
            to_even(self.diameter),
            Box(*map(to_even, self.wave)),
            *map(to_even, (self.title, self.byline, self.lead)),
        )


SHAPES = {
    "square": Shape(
        width=1080,
        height=1080,
        sleeve=Box(0, 0, 1080, 800),
        diameter=724,
        wave=Box(56, 966, 968, 76),
        title=58,
        byline=34,
        lead=136,
    ),
    "upright": Shape(
        width=1080,
        height=1920,
        sleeve=Box(0, 0, 1080, 1240),
        diameter=960,
        wave=Box(84, 1560, 912, 140),
        title=84,
        byline=46,
        lead=212,
    ),
    "wide": Shape(
        width=1920,
        height=1080,
        sleeve=Box(0, 0, 1080, 1080),
        diameter=940,
        wave=Box(1156, 600, 688, 140),
        title=72,
        byline=40,
        lead=190,
    ),
}
"""All shapes, by name."""
