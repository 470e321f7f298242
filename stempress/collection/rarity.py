"""How rare stems and variations are meant to be, and how rare they are.

Target figures come from supplies or weights, actual ones from the ledger. Scores are sums of
information content over traits, as OpenRarity has them: ``sum(-log2(p))``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, islice
from math import log2, prod
from typing import TYPE_CHECKING

from pyodide_app.engine.enumeration import cheapest_first
from pyodide_app.engine.model import Variation
from stempress.collection.variation_space import Space

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyodide_app.engine.model import Song, Stem, StemKey, Token

ENUMERABLE = 50_000
"""Songs with more combinations than this have no ranks: they are not enumerated."""

TOLERANCE = 1e-8
"""Scores nearer to each other than this are equal: they are sums of figures that were rounded."""
PLACES = 12


@dataclass(frozen=True, slots=True)
class Count:
    """Stem tokens of one stem. ``supply`` and ``remaining`` are None where only a weight is set."""

    supply: int | None
    minted: int
    burned: int

    @property
    def remaining(self) -> int | None:
        """How many are not revealed yet."""
        return None if self.supply is None else self.supply - self.minted

    @property
    def alive(self) -> int:
        """How many are held by someone."""
        return self.minted - self.burned


@dataclass(frozen=True, slots=True)
class Standing:
    """A variation among the permitted ones: rank 1 is the rarest; None where not enumerated."""

    score: float
    odds: float
    rank: int | None
    of: int


class Ranks:
    """Which place a score has among all; equal scores share one."""

    def __init__(self, counts: Counter[float]) -> None:
        """Take how many have each score."""
        self._scores = sorted(counts)
        behind = list(accumulate(counts[score] for score in self._scores))
        self._before = [behind[-1] - count for count in behind]

    def of(self, score: float) -> int:
        """Return the place of a score that somebody has; 1 is the highest."""
        return self._before[bisect_left(self._scores, score - TOLERANCE)] + 1


class Rarity:
    """Rarity of everything in a collection, from its songs and its ledger."""

    def __init__(self, songs: Sequence[Song], tokens: Sequence[Token]) -> None:
        """Take all songs and all tokens."""
        self.songs, self.tokens = tuple(songs), tuple(tokens)

    def odds(self, key: StemKey) -> float:
        """Return the target share of a stem in its layer, 0 to 1."""
        return self._odds[key]

    @cached_property
    def _odds(self) -> dict[StemKey, float]:
        return {
            (song.slug, layer.slug, stem.slug): odds
            for song in self.songs
            for layer in song.layers
            for stem, odds in zip(layer.stems, layer.odds, strict=True)
        }

    def count(self, key: StemKey, stem: Stem) -> Count:
        """Return how many tokens of a stem there are."""
        return Count(stem.supply, self._minted[key], self._burned[key])

    @cached_property
    def _minted(self) -> Counter[StemKey]:
        return self._counted("revealed", "forged")

    @cached_property
    def _burned(self) -> Counter[StemKey]:
        return self._counted("forged")

    def _counted(self, *states: str) -> Counter[StemKey]:
        counts: Counter[StemKey] = Counter()
        for token in self.tokens:
            if token.tier == "stem" and token.stem_key and token.state in states:
                counts[token.stem_key] += token.supply
        return counts

    def actual(self, key: StemKey) -> float | None:
        """Return the share of a stem among its layer's known tokens; None without any."""
        total = self._layer_totals[key[:2]]
        return self._minted[key] / total if total else None

    def wished(self, key: StemKey) -> float:
        """Return how many of its layer's known tokens a stem would have by its share."""
        return self.odds(key) * self._layer_totals[key[:2]]

    def apart(self, key: StemKey) -> float:
        """Return how far the known tokens of a stem lie from the wish."""
        return self._minted[key] - self.wished(key)

    @cached_property
    def _layer_totals(self) -> Counter[tuple[str, str]]:
        totals: Counter[tuple[str, str]] = Counter()
        for key, count in self._minted.items():
            totals[key[:2]] += count
        return totals

    def score(self, song: Song, variation: Variation) -> float:
        """Return the information content of a variation in bits: higher is rarer."""
        bits = self._bits[song.slug]
        return sum(layer[at] for layer, at in zip(bits, variation.choice, strict=True))

    @cached_property
    def _bits(self) -> dict[str, list[tuple[float, ...]]]:
        """The information content of every stem, by song and layer."""
        return {
            song.slug: [tuple(-log2(odds) for odds in layer.odds) for layer in song.layers]
            for song in self.songs
        }

    @cached_property
    def _shares(self) -> dict[str, list[tuple[float, ...]]]:
        """The target share of every stem, by song and layer."""
        return {song.slug: [layer.odds for layer in song.layers] for song in self.songs}

    def standing(self, song: Song, variation: Variation) -> Standing:
        """Return score, odds among permitted variations, and rank."""
        ranks, mass = self._ranks(song)
        shares = self._shares[song.slug]
        chosen = (layer[at] for layer, at in zip(shares, variation.choice, strict=True))
        odds = prod(chosen) / mass
        score = self.score(song, variation)
        rank = ranks.of(score) if ranks and song.permits(variation) else None
        return Standing(score, odds, rank, self.permitted(song))

    def permitted(self, song: Song) -> int:
        """Count the permitted variations of a song, once."""
        if song.slug not in self._permitted:
            self._permitted[song.slug] = Space(song).size
        return self._permitted[song.slug]

    @cached_property
    def _permitted(self) -> dict[str, int]:
        return {}

    @cached_property
    def _ranked(self) -> dict[str, tuple[Ranks | None, float]]:
        return {}

    def _ranks(self, song: Song) -> tuple[Ranks | None, float]:
        """Return the ranks of a song's permitted variations and the probability of them all.

        None and 1 where the song is not enumerated.
        """
        if song.slug not in self._ranked:
            counts = None if song.combinations > ENUMERABLE else self._scores(song)
            mass = sum(count * 2.0**-score for score, count in counts.items()) if counts else 1.0
            self._ranked[song.slug] = Ranks(counts) if counts else None, mass
        return self._ranked[song.slug]

    def _scores(self, song: Song) -> Counter[float]:
        """Return how many permitted variations have each score."""
        if song.rules:
            return Counter(round(self.score(song, each), PLACES) for each in song.variations())
        counts = Counter({0.0: 1})
        for layer in song.layers:
            longer: Counter[float] = Counter()
            for odds in layer.odds:
                for score, count in counts.items():
                    longer[round(score - log2(odds), PLACES)] += count
            counts = longer
        return counts

    @cached_property
    def unrevealed_odds(self) -> dict[StemKey, float]:
        """What an unrevealed stem token can turn out to be, from published figures alone.

        By what remains of the supplies; by weights, and layers alike, where there are none.
        """
        shares: dict[StemKey, float] = {}
        for song in self.songs:
            for layer in song.layers:
                total = sum(stem.target_weight for stem in layer.stems)
                for stem in layer.stems:
                    key = song.slug, layer.slug, stem.slug
                    left = self.count(key, stem).remaining
                    shares[key] = stem.target_weight / total if left is None else float(left)
        total = sum(shares.values())
        return {key: share / total for key, share in shares.items() if share} if total else {}

    @cached_property
    def variation_tokens(self) -> dict[Variation, list[Token]]:
        """Song tokens by what they are."""
        songs = {song.slug: song for song in self.songs}
        found: dict[Variation, list[Token]] = defaultdict(list)
        for token in self.tokens:
            if token.tier == "song" and token.stems:
                found[Variation.from_stems(songs[token.song], token.stems)].append(token)
        return found

    def tokens_of(self, variation: Variation) -> list[Token]:
        """Return the song tokens that are this variation."""
        return self.variation_tokens.get(variation, [])


@lru_cache(maxsize=1024)
def extremes(song: Song, count: int) -> tuple[tuple[Variation, ...], tuple[Variation, ...]]:
    """Return the ``count`` rarest and commonest permitted variations, without enumerating."""
    bits = [layer.information for layer in song.layers]
    return _from_one_end(song, bits, count, -1.0), _from_one_end(song, bits, count, 1.0)


def _from_one_end(
    song: Song, bits: Sequence[Sequence[float]], count: int, sign: float
) -> tuple[Variation, ...]:
    costs = [[(sign * each, at) for at, each in enumerate(layer)] for layer in bits]
    return tuple(variation for _, variation in islice(cheapest_first(song, costs), count))
