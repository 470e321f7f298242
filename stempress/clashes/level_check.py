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


class Level(NamedTuple):
    """How far a stem is from the usual level, in dB, and how far it may be."""

    decibels: float
    limit: float

    @property
    def severity(self) -> float:
        """The difference divided by the threshold; negative if the stem is quieter."""
        return self.decibels / self.limit


def stem_levels(song: Song, loudness: Mapping[Name, float]) -> dict[Name, Level]:
    """Return every stem's level among the others, given its loudness in LUFS.

    Of two stems in a layer the louder one differs.
    """
    layers = {
        layer.slug: {name: loudness[name] for name in ((layer.slug, s.slug) for s in layer.stems)}
        for layer in song.layers
    }
    usual = {slug: median(list(stems.values())) for slug, stems in layers.items()}
    levels: dict[Name, Level] = {}
    for slug, stems in layers.items():
        rest = [value for other, value in usual.items() if other != slug]
        for name, level in stems.items():
            others = [value for other, value in stems.items() if other != name]
            if others:
                difference = level - median(others)
                levels[name] = Level(
                    difference if len(others) > 1 else max(0.0, difference), MAX_DIFFERENCE_DB
                )
            else:
                levels[name] = Level(level - median(rest or [level]), MAX_LAYER_DIFFERENCE_DB)
    return levels


class LevelCheck:
    """Finds stems that are too loud or too quiet."""

    def __init__(self, song: Song, loudness: Mapping[Name, float]) -> None:
        """Compare all stems, given their loudness in LUFS."""
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
        between = Level(worse.decibels - other.decibels, worse.limit)
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
