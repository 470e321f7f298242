"""Token holdings: the songs they can forge, the layers still missing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyodide_app.engine.enumeration import cheapest_first
from pyodide_app.engine.model import LEFT_OUT, id_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pyodide_app.engine.model import Layer, Song, Stem, Token, Variation

type HeldTokens = Iterable[tuple[Token, int]]
"""Tokens and the quantity held of each."""
type TokenCounts = Mapping[str, int]
"""Token id -> quantity held, at least 1."""
type Copies = Mapping[str, Mapping[str, TokenCounts]]
"""Layer slug -> stem slug -> tokens."""


@dataclass(frozen=True, slots=True)
class SongHolding:
    """Stem tokens a wallet holds for one song."""

    song: Song
    copies: Copies

    def stems(self, layer: str) -> Mapping[str, TokenCounts]:
        """Return the tokens held for each stem of a layer."""
        return self.copies.get(layer, {})

    def count(self, layer: str, stem: str) -> int:
        """Return the number of copies held of a stem."""
        return sum(self.stems(layer).get(stem, {}).values())

    @property
    def missing_layers(self) -> tuple[Layer, ...]:
        """Layers that must play, and for which no stem is held."""
        return tuple(
            layer for layer in self.song.layers if not (layer.empty or self.stems(layer.slug))
        )

    @property
    def filled_layer_count(self) -> int:
        """Number of layers for which at least one stem is held."""
        return sum(1 for layer in self.song.layers if self.stems(layer.slug))

    @property
    def unrestricted_combinations(self) -> int:
        """Number of combinations of the held stems, ignoring rules."""
        return self.restricted_song().combinations

    def with_only(self, layer: str, stem: str) -> SongHolding:
        """Return this holding with a single stem in one layer, which must play."""
        stems = {stem: self.stems(layer)[stem]}
        layers = (
            replace(each, empty=None) if each.slug == layer else each for each in self.song.layers
        )
        song = replace(self.song, layers=tuple(layers))
        return SongHolding(song, {**self.copies, layer: stems})

    def combinations(self) -> int:
        """Return the number of permitted variations of the held stems."""
        return 0 if self.missing_layers else self.restricted_song().count_permitted()

    def restricted_song(self) -> Song:
        """Return the song with its layers reduced to the held stems."""
        layers = (replace(layer, stems=self._held_stems(layer)) for layer in self.song.layers)
        return replace(self.song, layers=tuple(layers))

    def _held_stems(self, layer: Layer) -> tuple[Stem, ...]:
        return tuple(stem for stem in layer.stems if stem.slug in self.stems(layer.slug))

    def forgeable(self) -> Iterator[Variation]:
        """Yield the permitted variations of the held stems, rarest first."""
        costs = tuple(tuple(self._costs(layer)) for layer in self.song.layers)
        return (variation for _, variation in cheapest_first(self.song, costs))

    def _costs(self, layer: Layer) -> Iterator[tuple[float, int]]:
        held = self.stems(layer.slug)
        for index, option, bits in zip(
            layer.choices, layer.options, layer.information, strict=True
        ):
            if option.slug in held or index == LEFT_OUT:
                yield -bits, index

    def tokens_to_burn(self, variation: Variation) -> dict[str, str]:
        """Return layer slug -> id of the token to burn for a variation.

        Of several copies the highest id is burned, because collectors prefer low numbers.
        """
        return {
            layer: max(self.stems(layer)[stem], key=id_order)
            for layer, stem in variation.by_layer(self.song).items()
        }

    def without(self, burned: Mapping[str, str]) -> SongHolding:
        """Return the holding without the burned tokens, given as layer slug -> token id."""
        return SongHolding(
            self.song,
            {
                layer: _without_token(stems, burned[layer]) if layer in burned else stems
                for layer, stems in self.copies.items()
            },
        )


def _without_token(stems: Mapping[str, TokenCounts], burned: str) -> dict[str, TokenCounts]:
    remaining = {
        stem: {token: left for token, n in tokens.items() if (left := n - (token == burned))}
        for stem, tokens in stems.items()
    }
    return {stem: tokens for stem, tokens in remaining.items() if tokens}


def song_holdings(songs: Sequence[Song], held: HeldTokens) -> dict[str, SongHolding]:
    """Group the revealed stem tokens by song; return song slug -> holding."""
    copies: dict[str, dict[str, dict[str, dict[str, int]]]] = {song.slug: {} for song in songs}
    for token, count in held:
        if token.tier == "stem" and token.state == "revealed" and token.song in copies:
            tokens = copies[token.song].setdefault(token.layer, {}).setdefault(token.stem, {})
            tokens[token.id] = tokens.get(token.id, 0) + count
    return {song.slug: SongHolding(song, copies[song.slug]) for song in songs}
