"""Shares of stems in exact figures, and how far what was drawn lies from them. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from pyodide_app.engine.model import stem_keys
from stempress.drop.sampler import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyodide_app.engine.model import Song, Stem, StemKey
    from stempress.collection.variation_space import Choice


@dataclass(frozen=True, slots=True)
class Line:
    """One stem in the report: what its share of all tokens would be, the plan, what was drawn."""

    key: StemKey
    wished: float
    planned: int
    drawn: int

    @property
    def apart(self) -> float:
        """How far what was drawn lies from the wish."""
        return self.drawn - self.wished


def exact_share(stem: Stem) -> Fraction:
    """Return a stem's share as it was written: 0.1 is a tenth."""
    return Fraction(str(stem.target_weight))


def weights_of(songs: Sequence[Song]) -> dict[StemKey, Fraction]:
    """Return the share of every stem with a weight; layers are alike."""
    shares = {}
    for song in songs:
        for layer in song.layers:
            parts = [exact_share(stem) for stem in layer.stems]
            for stem, part in zip(layer.stems, parts, strict=True):
                if stem.supply is None:
                    shares[song.slug, layer.slug, stem.slug] = part / sum(parts)
    return shares


def stem_lines(
    songs: Sequence[Song], plan: Mapping[StemKey, int], drawn_keys: Sequence[StemKey]
) -> list[Line]:
    """Return the report of a mint of stem tokens."""
    got, total, size = Counter(drawn_keys), sum(plan.values()), len(drawn_keys)
    keys = [key for key in stem_keys(songs) if key in plan]
    weights = weights_of(songs)
    exact = sum(plan[key] for key in keys if key not in weights)
    shares = sum(weights.values())
    return (
        [
            Line(
                key,
                float((total - exact) * weights[key] / shares)
                if key in weights
                else plan[key] * size / total,
                plan[key],
                got[key],
            )
            for key in keys
        ]
        if total
        else []
    )


def variation_lines(
    song: Song, plan: Sequence[Sequence[int]], choices: Sequence[Choice]
) -> list[Line]:
    """Return the report of a mint of a song's variations."""
    got = count(song, choices)
    lines = []
    for at, layer in enumerate(song.layers):
        shares = [exact_share(stem) for stem in layer.stems]
        for nth, stem in enumerate(layer.stems):
            wished = float(shares[nth] / sum(shares) * len(choices))
            key = song.slug, layer.slug, stem.slug
            lines.append(Line(key, wished, plan[at][nth], got[at][nth]))
    return lines
