"""Theme colours, derived from the accent so that text has enough contrast (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stempress.collection.papers import Papers

TEXT_CONTRAST = 4.5
SHAPE_CONTRAST = 3.0
"""Minimum contrast of shapes and large text (WCAG 2.2, 1.4.11)."""


@dataclass(frozen=True, slots=True)
class Theme:
    """The accent, its shades for text on either background, and text colours to put on those."""

    accent: str
    on_light: str
    on_dark: str
    ink_on_light: str
    ink_on_dark: str

    @classmethod
    def from_accent(cls, accent: str, papers: Papers) -> Theme:
        """Derive a theme from an accent ``#rrggbb`` and the backgrounds that it is used on."""
        on_light = readable(accent, papers.light)
        on_dark = readable(accent, papers.dark)
        return cls(accent.lower(), on_light, on_dark, ink_for(on_light), ink_for(on_dark))


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb``, 0 to 1 (WCAG 2.2)."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lowest_contrast(colour: str, papers: Sequence[str]) -> float:
    """Return the contrast of a colour on the background where it is lowest."""
    return min(contrast(colour, paper) for paper in papers)


def readable(colour: str, papers: Sequence[str]) -> str:
    """Return the shade closest to a colour that has enough contrast for text on all backgrounds.

    If there is none, return black or white, whichever has more.
    """
    black, white = lowest_contrast("#000000", papers), lowest_contrast("#ffffff", papers)
    target = 0 if black > white else 255
    for step in range(101):
        shade = _blend(colour, target, step / 100)
        if lowest_contrast(shade, papers) >= TEXT_CONTRAST:
            return shade
    return _blend(colour, target, 1.0)


def ink_for(colour: str) -> str:
    """Return black or white, whichever has more contrast on a colour."""
    return max("#000000", "#ffffff", key=lambda ink: contrast(ink, colour))


def _blend(colour: str, target: int, amount: float) -> str:
    parts = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return "#" + "".join(f"{round(part + (target - part) * amount):02x}" for part in parts)
