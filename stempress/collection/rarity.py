"""Rarity of stems and variations: as intended, and as minted.

Target figures come from supplies or weights, actual ones from the ledger.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from pyodide_app.engine.model import LEFT_OUT, Variation
from stempress.collection.song_rarity import SongRarity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyodide_app.engine.model import Layer, Song, Stem, StemKey, Token
    from stempress.collection.song_rarity import Standing


@dataclass(frozen=True, slots=True)
class Count:
    """Stem tokens of one stem. ``supply`` and ``remaining`` are None for stems with a weight."""

    supply: int | None
    minted: int
    burned: int

    @property
    def remaining(self) -> int | None:
        """How many are still unrevealed."""
        return None if self.supply is None else self.supply - self.minted

    @property
    def alive(self) -> int:
        """How many are revealed and not burned."""
        return self.minted - self.burned


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A layer that may be left out: its target and actual share of song tokens, 0 to 1.

    ``minted`` is how many song tokens are without it; ``actual`` is None if there are none at all.
    """

    odds: float
    minted: int
    actual: float | None


class Rarity:
    """Rarity of every stem and variation of a collection."""

    def __init__(self, songs: Sequence[Song], tokens: Sequence[Token]) -> None:
        self.songs, self.tokens = tuple(songs), tuple(tokens)

    def odds(self, key: StemKey) -> float:
        """Return the target share of a stem among its layer's tokens, 0 to 1."""
        return self._odds[key]

    @cached_property
    def _odds(self) -> dict[StemKey, float]:
        return {
            (song.slug, layer.slug, stem.slug): odds
            for song in self.songs
            for layer in song.layers
            for stem, odds in zip(layer.stems, replace(layer, empty=None).odds, strict=True)
        }

    def left_out(self, song: Song, layer: Layer) -> LeftOut | None:
        """Return how often a layer is left out of a song's variations; None if it always plays."""
        if layer.empty is None:
            return None
        tokens = self._song_tokens[song.slug]
        minted = sum(token.supply for token in tokens if layer.slug not in token.stems)
        total = sum(token.supply for token in tokens)
        return LeftOut(layer.odds[LEFT_OUT], minted, minted / total if total else None)

    @cached_property
    def _song_tokens(self) -> dict[str, list[Token]]:
        """Song tokens whose stems are known, by song."""
        tokens: dict[str, list[Token]] = defaultdict(list)
        for token in self.tokens:
            if token.tier == "song" and token.stems:
                tokens[token.song].append(token)
        return tokens

    def count(self, key: StemKey, stem: Stem) -> Count:
        """Return how many tokens of a stem have been minted and burned."""
        return Count(stem.supply, self._minted[key], self._burned[key])

    @cached_property
    def _minted(self) -> Counter[StemKey]:
        return self._counted("revealed", "forged", "burned")

    @cached_property
    def _burned(self) -> Counter[StemKey]:
        return self._counted("forged", "burned")

    def _counted(self, *states: str) -> Counter[StemKey]:
        counts: Counter[StemKey] = Counter()
        for token in self.tokens:
            if token.tier == "stem" and token.stem_key and token.state in states:
                counts[token.stem_key] += token.supply
        return counts

    def actual(self, key: StemKey) -> float | None:
        """Return a stem's share of its layer's revealed tokens, 0 to 1; None without any."""
        total = self._layer_totals[key[:2]]
        return self._minted[key] / total if total else None

    def target_count(self, key: StemKey) -> float:
        """Return how many of its layer's revealed tokens a stem should have by its odds."""
        return self.odds(key) * self._layer_totals[key[:2]]

    def deviation(self, key: StemKey) -> float:
        """Return how many more revealed tokens a stem has than its target count."""
        return self._minted[key] - self.target_count(key)

    @cached_property
    def _layer_totals(self) -> Counter[tuple[str, str]]:
        totals: Counter[tuple[str, str]] = Counter()
        for key, count in self._minted.items():
            totals[key[:2]] += count
        return totals

    def score(self, song: Song, variation: Variation) -> float:
        """Return the information content of a variation in bits; higher is rarer."""
        return self._of(song).score(variation)

    def standing(self, song: Song, variation: Variation) -> Standing:
        """Return a variation's score, its odds among permitted variations, and its rank."""
        return self._of(song).standing(variation)

    def permitted(self, song: Song) -> int:
        """Return how many variations a song's rules permit."""
        return self._of(song).permitted

    def _of(self, song: Song) -> SongRarity:
        if song.slug not in self._by_song:
            self._by_song[song.slug] = SongRarity(song)
        return self._by_song[song.slug]

    @cached_property
    def _by_song(self) -> dict[str, SongRarity]:
        return {}

    @cached_property
    def unrevealed_odds(self) -> dict[StemKey, float]:
        """Probability of everything that an unrevealed stem token can turn out to be.

        From what remains of the supplies; from weights, with layers equally likely, where there are
        none.
        """
        shares: dict[StemKey, float] = {}
        for song in self.songs:
            for layer in song.layers:
                total = sum(stem.target_weight for stem in layer.stems)
                for stem in layer.stems:
                    key = song.slug, layer.slug, stem.slug
                    remaining = self.count(key, stem).remaining
                    shares[key] = (
                        stem.target_weight / total if remaining is None else float(remaining)
                    )
        total = sum(shares.values())
        return {key: share / total for key, share in shares.items() if share} if total else {}

    @cached_property
    def variation_tokens(self) -> dict[Variation, list[Token]]:
        """Song tokens by variation."""
        songs = {song.slug: song for song in self.songs}
        tokens: dict[Variation, list[Token]] = defaultdict(list)
        for token in self.tokens:
            if token.tier == "song" and token.stems:
                tokens[Variation.from_stems(songs[token.song], token.stems)].append(token)
        return tokens

    def tokens_of(self, variation: Variation) -> list[Token]:
        """Return the song tokens of a variation."""
        return self.variation_tokens.get(variation, [])
