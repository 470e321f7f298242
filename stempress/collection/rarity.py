"""Rarity of stems and variations: as intended, and as minted.

Target figures come from supplies or weights, actual ones from the ledger. A score is the sum of a
variation's information content over its layers, ``sum(-log2(p))``, as OpenRarity defines it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import accumulate, islice
from math import log2, prod
from typing import TYPE_CHECKING

from pyodide_app.engine.enumeration import cheapest_first
from pyodide_app.engine.model import LEFT_OUT, Variation
from stempress.collection.variation_space import VariationSpace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyodide_app.engine.model import Layer, Song, Stem, StemKey, Token

ENUMERABLE = 50_000
"""Songs with more combinations than this are not enumerated, and have no ranks."""

TOLERANCE = 1e-8
"""Scores closer than this are equal: they are sums of rounded figures."""
DECIMALS = 12


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
class Standing:
    """A variation among the permitted ones. Rank 1 is the rarest; None if not enumerated."""

    score: float
    odds: float
    rank: int | None
    of: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A layer that may be left out: its target and actual share of song tokens, 0 to 1.

    ``minted`` is how many song tokens are without it; ``actual`` is None if there are none at all.
    """

    odds: float
    minted: int
    actual: float | None


class Ranks:
    """Ranks of scores; equal scores share one."""

    def __init__(self, counts: Counter[float]) -> None:
        """Index the scores, given how many variations have each."""
        self._scores = sorted(counts)
        cumulative = list(accumulate(counts[score] for score in self._scores))
        self._before = [cumulative[-1] - count for count in cumulative]

    def of(self, score: float) -> int:
        """Return the rank of a score, 1 for the highest."""
        return self._before[bisect_left(self._scores, score - TOLERANCE)] + 1


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
        layers = self._bits[song.slug]
        return sum(
            information[index] for information, index in zip(layers, variation.choice, strict=True)
        )

    @cached_property
    def _bits(self) -> dict[str, list[tuple[float, ...]]]:
        """Information content of every option in bits, by song and layer."""
        return {
            song.slug: [tuple(-log2(odds) for odds in layer.odds) for layer in song.layers]
            for song in self.songs
        }

    @cached_property
    def _shares(self) -> dict[str, list[tuple[float, ...]]]:
        """Target probability of every option, by song and layer."""
        return {song.slug: [layer.odds for layer in song.layers] for song in self.songs}

    def standing(self, song: Song, variation: Variation) -> Standing:
        """Return a variation's score, its odds among permitted variations, and its rank."""
        ranks, total_probability = self._ranks(song)
        shares = self._shares[song.slug]
        probabilities = (
            layer[index] for layer, index in zip(shares, variation.choice, strict=True)
        )
        odds = prod(probabilities) / total_probability
        score = self.score(song, variation)
        rank = ranks.of(score) if ranks and song.permits(variation) else None
        return Standing(score, odds, rank, self.permitted(song))

    def permitted(self, song: Song) -> int:
        """Return how many variations a song's rules permit."""
        if song.slug not in self._permitted:
            self._permitted[song.slug] = VariationSpace(song).size
        return self._permitted[song.slug]

    @cached_property
    def _permitted(self) -> dict[str, int]:
        return {}

    @cached_property
    def _ranked(self) -> dict[str, tuple[Ranks | None, float]]:
        return {}

    def _ranks(self, song: Song) -> tuple[Ranks | None, float]:
        """Return the ranks of a song's permitted variations, and their total probability.

        None and 1 for songs that are not enumerated.
        """
        if song.slug not in self._ranked:
            counts = None if song.combinations > ENUMERABLE else self._scores(song)
            total_probability = (
                sum(count * 2.0**-score for score, count in counts.items()) if counts else 1.0
            )
            self._ranked[song.slug] = Ranks(counts) if counts else None, total_probability
        return self._ranked[song.slug]

    def _scores(self, song: Song) -> Counter[float]:
        """Return how many permitted variations have each score."""
        if song.rules:
            return Counter(
                round(self.score(song, variation), DECIMALS) for variation in song.variations()
            )
        counts = Counter({0.0: 1})
        for layer in song.layers:
            extended: Counter[float] = Counter()
            for odds in layer.odds:
                for score, count in counts.items():
                    extended[round(score - log2(odds), DECIMALS)] += count
            counts = extended
        return counts

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


@lru_cache(maxsize=1024)
def extremes(song: Song, count: int) -> tuple[tuple[Variation, ...], tuple[Variation, ...]]:
    """Return the ``count`` rarest and the ``count`` commonest permitted variations, lazily."""
    bits = [layer.information for layer in song.layers]
    return _cheapest(song, bits, count, -1.0), _cheapest(song, bits, count, 1.0)


def _cheapest(
    song: Song, bits: Sequence[Sequence[float]], count: int, sign: float
) -> tuple[Variation, ...]:
    costs = [
        [(sign * cost, index) for index, cost in zip(layer.choices, information, strict=True)]
        for layer, information in zip(song.layers, bits, strict=True)
    ]
    return tuple(variation for _, variation in islice(cheapest_first(song, costs), count))
