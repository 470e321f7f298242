"""Check of levels: stems much louder or quieter than those that can play in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stempress.audio.stem_lint import median
from stempress.clashes.clash import MAX_SEVERITY, Clash, label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyodide_app.engine.model import Song
    from stempress.clashes.clash import Name

MAX_DIFFERENCE_DB = 9.0
"""Threshold: how far a stem may be from the others of its layer."""
MAX_LAYER_DIFFERENCE_DB = 16.0
"""Threshold where a layer has no other stem: how far it may be from the other layers."""
UNDECIDED_DB = 1.0
"""Two stems that are as far from the other layers within this differ from each other alone."""


class Level(NamedTuple):
    """How far a stem is from the usual level, in dB, and how far it may be."""

    decibels: float
    limit: float

    @property
    def severity(self) -> float:
        """The difference divided by the threshold; negative if the stem is quieter."""
        return self.decibels / self.limit


def stem_levels(song: Song, loudness: Mapping[Name, float]) -> dict[Name, Level]:
    """Return the level of every stem that has a loudness (in LUFS) among the others.

    Of two stems in a layer the one farther from the other layers' stems differs; where that does
    not decide, the louder one.
    """
    levels: dict[Name, Level] = {}
    for layer in song.layers:
        inside = {name: value for name, value in loudness.items() if name[0] == layer.slug}
        outside = [value for name, value in loudness.items() if name not in inside]
        for name, level in inside.items():
            others = [value for other, value in inside.items() if other != name]
            if not others:
                levels[name] = Level(_deviation(level, outside), MAX_LAYER_DIFFERENCE_DB)
            elif len(others) > 1 or _is_odd(level, others[0], outside):
                levels[name] = Level(_deviation(level, others), MAX_DIFFERENCE_DB)
            else:
                levels[name] = Level(0.0, MAX_DIFFERENCE_DB)
    return levels


def _deviation(level: float, others: list[float]) -> float:
    """Return how far a level is from the nearest other, or from the median, if that is nearer.

    So neither half of a layer in two groups differs, and what is between two outliers does not.
    """
    if not others:
        return 0.0
    nearest = min(others, key=lambda other: abs(level - other))
    usual = median([*others, level]) if len(others) > 1 else nearest
    return min(level - nearest, level - usual, key=abs)


def _is_odd(level: float, sibling: float, outside: list[float]) -> bool:
    """Return whether, of two stems in a layer, the first is the one that differs."""
    if not outside:
        return level > sibling
    usual = median(outside)
    farther = abs(level - usual) - abs(sibling - usual)
    return level > sibling if abs(farther) < UNDECIDED_DB else farther > 0


class LevelCheck:
    """Finds stems that are too loud or too quiet."""

    def __init__(self, song: Song, loudness: Mapping[Name, float]) -> None:
        """Compare the stems that have a loudness, in LUFS."""
        self._loudness = loudness
        self._levels = stem_levels(song, loudness)

    def stems(self) -> Iterator[Clash]:
        """Yield the stems that are far from the usual level."""
        for name, level in self._levels.items():
            if abs(level.severity) >= 1:
                others = "others of its layer"
                if level.limit == MAX_LAYER_DIFFERENCE_DB:
                    others = "other layers"
                yield _clash(
                    (name,), level, f"{label(name)} is {_louder(level.decibels)} than the {others}"
                )

    def pair(self, first: Name, second: Name) -> Iterator[Clash]:
        """Yield the clash of two stems of which one is too loud, or the other too quiet."""
        if abs(self._levels[first].severity) < abs(self._levels[second].severity):
            first, second = second, first
        worse, other = self._levels[first], self._levels[second]
        heard = self._loudness[first] - self._loudness[second]
        excess = worse.decibels - other.decibels
        between = Level(
            min(heard, excess, key=abs) if heard * excess > 0 else 0.0, worse.limit
        )  # what is as loud as the other stem is not too loud beside it
        if abs(worse.severity) >= 1 and abs(between.severity) >= 1:
            much = (
                f"{abs(between.decibels):.0f} dB too {'loud' if between.decibels > 0 else 'quiet'}"
            )
            message = f"{label(first)} is {much} beside {label(second)}"
            yield _clash((first, second), between, message)


def _clash(stems: tuple[Name, ...], level: Level, message: str) -> Clash:
    severity = min(abs(level.severity), MAX_SEVERITY)
    return Clash("level", stems, severity, message, level.decibels, "dB")


def _louder(decibels: float) -> str:
    return f"{abs(decibels):.0f} dB {'louder' if decibels > 0 else 'quieter'}"
