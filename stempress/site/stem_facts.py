"""Facts of stems: their figures, the tokens of each, and the mixes that they are heard in."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from pyodide_app.engine.model import Variation
from stempress.site.stem_figures import StemFigures

if TYPE_CHECKING:
    from pyodide_app.engine.model import Song, StemKey, Token
    from stempress.audio.results import Sounds
    from stempress.collection.collection import Collection
    from stempress.collection.rarity import Rarity
    from stempress.site.pages import Plan


class StemFacts:
    """Facts of the stems of a collection, its pages and its sound."""

    def __init__(self, plan: Plan, collection: Collection, rarity: Rarity, sounds: Sounds) -> None:
        self.plan, self.collection, self.rarity, self.sounds = plan, collection, rarity, sounds
        self._rows: dict[str, tuple[tuple[StemFigures, ...], ...]] = {}

    def layers(self, song: Song) -> tuple[tuple[StemFigures, ...], ...]:
        """Return the rows of a song's stems, layer by layer."""
        if song.slug not in self._rows:
            self._rows[song.slug] = tuple(
                tuple(
                    self._figures(song, layer_index, stem_index)
                    for stem_index in range(len(layer.stems))
                )
                for layer_index, layer in enumerate(song.layers)
            )
        return self._rows[song.slug]

    def _figures(self, song: Song, layer_index: int, stem_index: int) -> StemFigures:
        layer = song.layers[layer_index]
        stem = layer.stems[stem_index]
        key = song.slug, layer.slug, stem.slug
        rarity = self.rarity
        return StemFigures(
            song,
            layer,
            stem,
            key,
            layer_index,
            stem_index,
            rarity.odds(key),
            rarity.actual(key),
            rarity.count(key, stem),
            self.sounds.stems[key],
            tuple(self._stem_tokens.get(key, ())),
        )

    def stem(self, key: StemKey) -> StemFigures:
        """Return what is known of a stem."""
        if key not in self._stem_of:
            layers = self.layers(self.collection.song(key[0]))
            self._stem_of.update((row.key, row) for rows in layers for row in rows)
        return self._stem_of[key]

    @cached_property
    def _stem_of(self) -> dict[StemKey, StemFigures]:
        return {}

    def chosen(self, song: Song, variation: Variation) -> list[StemFigures]:
        """Return the rows of a variation's stems."""
        layers = self.layers(song)
        return [layers[layer][stem] for layer, stem in variation.chosen()]

    @cached_property
    def _stem_tokens(self) -> dict[StemKey, list[Token]]:
        tokens: dict[StemKey, list[Token]] = defaultdict(list)
        for token in self.collection.tokens:
            if token.tier == "stem" and token.stem_key and token.state != "unrevealed":
                tokens[token.stem_key].append(token)
        return tokens

    @cached_property
    def stems(self) -> int:
        """Number of stems."""
        return sum(len(layer.stems) for song in self.collection.songs for layer in song.layers)

    @cached_property
    def unrevealed(self) -> list[tuple[StemFigures, float]]:
        """What an unrevealed stem token can turn out to be, with odds, likeliest first."""
        odds = [(self.stem(key), share) for key, share in self.rarity.unrevealed_odds.items()]
        return sorted(odds, key=lambda pair: -pair[1])

    def with_stem(self, row: StemFigures) -> tuple[list[Variation], Variation]:
        """Return the variations with a page that use a stem, and one to start with."""
        shown = self.plan.variations[row.song.slug].shown
        using = [variation for variation in shown if variation.choice[row.at] == row.nth]
        permitted = (variation for variation in using if row.song.permits(variation))
        return using, next(permitted, None) or self._any_with(row)

    def first_with(self, row: StemFigures) -> Variation:
        """Return a variation to start with when a stem is to be heard."""
        if row.key not in self._first_with:
            self._first_with[row.key] = self.with_stem(row)[1]
        return self._first_with[row.key]

    @cached_property
    def _first_with(self) -> dict[StemKey, Variation]:
        return {}

    def _any_with(self, row: StemFigures) -> Variation:
        """Return a permitted variation with a stem; any variation if the rules permit none."""
        layers = list(row.song.layers)
        layers[row.at] = replace(row.layer, stems=(row.stem,), empty=None)
        permitted = next(replace(row.song, layers=tuple(layers)).variations(), None)
        choice = list(permitted.choice if permitted else (0,) * len(layers))
        choice[row.at] = row.nth
        return Variation(row.song.slug, tuple(choice))
