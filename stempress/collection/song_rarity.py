"""Rarity of a song's variations: information content, odds and ranks.

A score is the sum of a variation's information content over its layers, ``sum(-log2(p))``, as
OpenRarity defines it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, islice
from math import log2, prod
from typing import TYPE_CHECKING

from pyodide_app.engine.enumeration import cheapest_first
from stempress.collection.variation_space import VariationSpace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyodide_app.engine.model import Song, Variation

ENUMERABLE = 50_000
"""Songs with more combinations than this are not enumerated, and have no ranks."""
TOLERANCE = 1e-8
"""Scores closer than this are equal: they are sums of rounded figures."""
DECIMALS = 12


@dataclass(frozen=True, slots=True)
class Standing:
    """A variation among the permitted ones. Rank 1 is the rarest; None if not enumerated."""

    score: float
    odds: float
    rank: int | None
    of: int


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


class SongRarity:
    """Rarity of every variation of a song."""

    def __init__(self, song: Song) -> None:
        self.song = song

    def score(self, variation: Variation) -> float:
        """Return the information content of a variation in bits; higher is rarer."""
        return sum(
            information[index]
            for information, index in zip(self._bits, variation.choice, strict=True)
        )

    @cached_property
    def _bits(self) -> list[tuple[float, ...]]:
        """Information content of every option in bits, by layer."""
        return [layer.information for layer in self.song.layers]

    @cached_property
    def _shares(self) -> list[tuple[float, ...]]:
        """Target probability of every option, by layer."""
        return [layer.odds for layer in self.song.layers]

    def standing(self, variation: Variation) -> Standing:
        """Return a variation's score, its odds among permitted variations, and its rank."""
        ranks, total_probability = self._ranks
        probabilities = (
            layer[index] for layer, index in zip(self._shares, variation.choice, strict=True)
        )
        odds = prod(probabilities) / total_probability
        score = self.score(variation)
        rank = ranks.of(score) if ranks and self.song.permits(variation) else None
        return Standing(score, odds, rank, self.permitted)

    @cached_property
    def permitted(self) -> int:
        """How many variations the song's rules permit."""
        return VariationSpace(self.song).size

    @cached_property
    def _ranks(self) -> tuple[Ranks | None, float]:
        """The ranks of the song's permitted variations, and their total probability.

        None and 1 for songs that are not enumerated.
        """
        if self.song.combinations > ENUMERABLE:
            return None, 1.0
        counts = self._scores()
        if not counts:
            return None, 1.0
        return Ranks(counts), sum(count * 2.0**-score for score, count in counts.items())

    def _scores(self) -> Counter[float]:
        """Return how many permitted variations have each score."""
        if self.song.rules:
            return Counter(
                round(self.score(variation), DECIMALS) for variation in self.song.variations()
            )
        counts = Counter({0.0: 1})
        for layer in self.song.layers:
            extended: Counter[float] = Counter()
            for odds in layer.odds:
                for score, count in counts.items():
                    extended[round(score - log2(odds), DECIMALS)] += count
            counts = extended
        return counts


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
