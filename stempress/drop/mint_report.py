"""Mint report: the target, planned and drawn number of each stem. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from pyodide_app.engine.model import stem_keys
from stempress.drop.sampler import count_stems

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyodide_app.engine.model import Song, Stem, StemKey
    from stempress.collection.variation_space import Choice


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One option of a layer: its exact target, the planned number and the number drawn."""

    key: StemKey
    target: float
    planned: int
    drawn: int

    @property
    def deviation(self) -> float:
        """Difference between the number drawn and the target."""
        return self.drawn - self.target


def exact_weight(stem: Stem) -> Fraction:
    """Return a stem's weight exactly as written: 0.1 is one tenth."""
    return Fraction(str(stem.target_weight))


def option_name(option: Stem) -> str:
    """Return what messages call an option of a layer: a stem's slug, or "none" to leave it out."""
    return option.slug or "none"


def weight_shares(songs: Sequence[Song]) -> dict[StemKey, Fraction]:
    """Return the share of its layer of every stem with a weight."""
    shares = {}
    for song in songs:
        for layer in song.layers:
            weights = [exact_weight(stem) for stem in layer.stems]
            for stem, weight in zip(layer.stems, weights, strict=True):
                if stem.supply is None:
                    shares[song.slug, layer.slug, stem.slug] = weight / sum(weights)
    return shares


def stem_report(
    songs: Sequence[Song], plan: Mapping[StemKey, int], drawn_keys: Sequence[StemKey]
) -> list[ReportLine]:
    """Return the report of a mint of stem tokens."""
    total, size = sum(plan.values()), len(drawn_keys)
    if not total:
        return []
    drawn = Counter(drawn_keys)
    keys = [key for key in stem_keys(songs) if key in plan]
    shares = weight_shares(songs)
    supplied = sum(plan[key] for key in keys if key not in shares)
    share_sum = sum(shares.values())
    targets = {
        key: float((total - supplied) * shares[key] / share_sum)
        if key in shares
        else plan[key] * size / total
        for key in keys
    }
    return [ReportLine(key, targets[key], plan[key], drawn[key]) for key in keys]


def variation_report(
    song: Song, plan: Sequence[Sequence[int]], choices: Sequence[Choice]
) -> list[ReportLine]:
    """Return the report of a mint of a song's variations; ``plan`` counts stems by layer."""
    lines = []
    for layer, planned, drawn in zip(song.layers, plan, count_stems(song, choices), strict=True):
        weights = [exact_weight(option) for option in layer.options]
        for index, option in enumerate(layer.options):
            target = float(weights[index] / sum(weights) * len(choices))
            key = song.slug, layer.slug, option_name(option)
            lines.append(ReportLine(key, target, planned[index], drawn[index]))
    return lines
