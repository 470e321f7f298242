"""Stems and variations with their figures, as tables and lists show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyodide_app.engine.model import Layer, Song, Stem, StemKey, Token, Variation
    from stempress.audio.results import StemSound
    from stempress.collection.rarity import Count, Standing


@dataclass(frozen=True, slots=True)
class StemRow:
    """One stem with its figures. ``at`` and ``nth`` are 0-based places of layer and stem."""

    song: Song
    layer: Layer
    stem: Stem
    key: StemKey
    at: int
    nth: int
    odds: float
    actual: float | None
    count: Count
    sound: StemSound
    tokens: tuple[Token, ...]

    @property
    def alive(self) -> list[Token]:
        """Its tokens that can be held: none that was burned."""
        return [token for token in self.tokens if token.state == "revealed"]


@dataclass(frozen=True, slots=True)
class Existing:
    """A variation that exists as a token."""

    variation: Variation
    standing: Standing
    tokens: tuple[Token, ...]
