"""Stems and variations with all that is known of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyodide_app.engine.model import Layer, Song, Stem, StemKey, Token, Variation
    from stempress.audio.results import StemSound
    from stempress.collection.rarity import Count
    from stempress.collection.song_rarity import Standing


@dataclass(frozen=True, slots=True)
class StemFigures:
    """A stem with its figures. ``at`` and ``nth`` are the 0-based indices of its layer and stem."""

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
        """Its revealed tokens that have not been burned."""
        return [token for token in self.tokens if token.state == "revealed"]


@dataclass(frozen=True, slots=True)
class MintedVariation:
    """A variation that exists as a song token."""

    variation: Variation
    standing: Standing
    tokens: tuple[Token, ...]
