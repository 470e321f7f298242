"""What a set of tokens opens: stems to hear, songs to forge, layers still missing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod
from typing import TYPE_CHECKING

from pyodide_app.engine.walk import cheapest_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pyodide_app.engine.model import Layer, Song, Stem, StemKey, Token, Variation

type Held = Iterable[tuple[Token, int]]
"""Tokens, and how many of each."""
type Copies = Mapping[str, Mapping[str, Mapping[str, int]]]
"""Layer slug -> stem slug -> token id -> how many, more than none."""


@dataclass(frozen=True, slots=True)
class SongHolding:
    """How far someone is with a song: the stem tokens that could be burned for it."""

    song: Song
    copies: Copies

    def stems(self, layer: str) -> Mapping[str, Mapping[str, int]]:
        """Return the held stems of a layer, and the tokens of each."""
        return self.copies.get(layer, {})

    def count(self, layer: str, stem: str) -> int:
        """Return how many copies of a stem are held."""
        return sum(self.stems(layer).get(stem, {}).values())

    @property
    def missing(self) -> tuple[Layer, ...]:
        """The layers without any stem: of an empty holding, all that a song takes."""
        return tuple(layer for layer in self.song.layers if not self.stems(layer.slug))

    @property
    def held(self) -> int:
        """In how many layers there is a stem."""
        return len(self.song.layers) - len(self.missing)

    @property
    def choices(self) -> int:
        """How many combinations of the held stems there are, before rules."""
        return prod(len(self.stems(layer.slug)) for layer in self.song.layers)

    def only(self, layer: str, stem: str) -> SongHolding:
        """Return this holding with no other stem in one layer."""
        stems = {stem: self.stems(layer)[stem]}
        return SongHolding(self.song, {**self.copies, layer: stems})

    def combinations(self) -> int:
        """Count the permitted variations that the held stems make."""
        return 0 if self.missing else self.narrowed().permitted()

    def narrowed(self) -> Song:
        """Return the song as if there were no other stems than the held ones."""
        layers = (replace(layer, stems=self._held_stems(layer)) for layer in self.song.layers)
        return replace(self.song, layers=tuple(layers))

    def _held_stems(self, layer: Layer) -> tuple[Stem, ...]:
        return tuple(stem for stem in layer.stems if stem.slug in self.stems(layer.slug))

    def forgeable(self) -> Iterator[Variation]:
        """Yield the permitted variations that the held stems make, from the rarest on."""
        information = (
            [
                (-bits, nth)
                for nth, (stem, bits) in enumerate(zip(layer.stems, layer.information, strict=True))
                if stem.slug in self.stems(layer.slug)
            ]
            for layer in self.song.layers
        )
        return (variation for _, variation in cheapest_first(self.song, tuple(information)))

    def burned_for(self, variation: Variation) -> dict[str, str]:
        """Return layer slug -> id of the token that is burned for a variation.

        Of several copies the one with the highest number goes: low numbers are what people keep.
        """
        return {
            layer: max(self.stems(layer)[stem], key=int)
            for layer, stem in variation.by_layer(self.song).items()
        }

    def without(self, burned: Mapping[str, str]) -> SongHolding:
        """Return what is left when one token of each layer is gone."""
        return SongHolding(
            self.song,
            {
                layer: _less(stems, burned[layer]) if layer in burned else stems
                for layer, stems in self.copies.items()
            },
        )


def _less(stems: Mapping[str, Mapping[str, int]], token: str) -> dict[str, Mapping[str, int]]:
    left = {
        stem: {each: count - (each == token) for each, count in tokens.items()}
        for stem, tokens in stems.items()
    }
    kept = {stem: {each: n for each, n in tokens.items() if n} for stem, tokens in left.items()}
    return {stem: tokens for stem, tokens in kept.items() if tokens}


def opened(tokens: Iterable[Token]) -> frozenset[StemKey]:
    """Return the stems that tokens open: a stem token its own, a song token its whole variation."""
    keys: set[StemKey] = set()
    for token in tokens:
        if token.tier == "stem" and token.stem_key:
            keys.add(token.stem_key)
        elif token.tier == "song":
            keys.update((token.song, layer, stem) for layer, stem in token.stems.items())
    return frozenset(keys)


def song_holdings(songs: Sequence[Song], held: Held) -> dict[str, SongHolding]:
    """Sort the revealed stem tokens by song, layer and stem."""
    found: dict[str, dict[str, dict[str, dict[str, int]]]] = {song.slug: {} for song in songs}
    for token, count in held:
        if token.tier == "stem" and token.state == "revealed" and token.song in found:
            tokens = found[token.song].setdefault(token.layer, {}).setdefault(token.stem, {})
            tokens[token.id] = tokens.get(token.id, 0) + count
    return {song.slug: SongHolding(song, found[song.slug]) for song in songs}
