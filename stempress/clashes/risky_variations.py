"""Risky variations: those to listen to first, because stems in them clash."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyodide_app.engine.model import LEFT_OUT, Variation
from stempress.collection.variation_space import VariationSpace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyodide_app.engine.model import Song
    from stempress.clashes.clash import Clash, Name, SongClashes

    type Severities = dict[frozenset[Name], float]


def clashes_in(song: Song, variation: Variation, clashes: SongClashes) -> list[Clash]:
    """Return the clashes that are heard in a variation, the worst first."""
    stems = set(variation.by_layer(song).items())
    pairs = [pair for pair in clashes.pairs if stems.issuperset(pair.stems)]
    alone = [
        clash
        for clash in clashes.stems
        if stems.issuperset(clash.stems) and not any(map(clash.explains, pairs))
    ]
    return sorted((*pairs, *alone), key=lambda clash: -clash.severity)


def risky_variations(song: Song, clashes: SongClashes) -> Iterator[Variation]:
    """Yield a permitted variation for every cause of clashes, the worst first.

    It contains the worst pair of the cause, and other pairs that clash, as far as rules permit.
    """
    severities = _severities(clashes)
    seen: set[Variation] = set()
    for cause in clashes.causes:
        worst = next((pair for pair in clashes.pairs if _is_of(pair, cause)), cause)
        variation = _riskiest_with(song, worst.stems, severities)
        if variation and variation not in seen:
            seen.add(variation)
            yield variation


def _is_of(pair: Clash, cause: Clash) -> bool:
    return pair.kind == cause.kind and set(cause.stems) <= set(pair.stems)


def _severities(clashes: SongClashes) -> Severities:
    """Return the sum of the severities of each pair's clashes."""
    severities: Severities = {}
    for clash in clashes.pairs:
        pair = frozenset(clash.stems)
        severities[pair] = severities.get(pair, 0.0) + clash.severity
    return severities


def _riskiest_with(song: Song, stems: tuple[Name, ...], severities: Severities) -> Variation | None:
    """Return a permitted variation with these stems: layer by layer what clashes most is added.

    None if the rules permit none.
    """
    rows = {layer.slug: row for row, layer in enumerate(song.layers)}
    chosen = {rows[layer]: song.layer(layer).index(stem) for layer, stem in stems}
    if not VariationSpace(song, chosen).size:
        return None
    for row in sorted(set(rows.values()) - chosen.keys()):
        names = [_name(song, *choice) for choice in chosen.items()]
        risks = {
            nth: sum(severities.get(frozenset((_name(song, row, nth), name)), 0) for name in names)
            for nth in song.layers[row].choices
            if VariationSpace(song, {**chosen, row: nth}).size
        }
        chosen[row] = max(risks, key=lambda nth: risks[nth])
    return Variation(song.slug, tuple(chosen[row] for row in range(len(song.layers))))


def _name(song: Song, row: int, nth: int) -> Name:
    """Return the name of a choice; that of a layer that is left out clashes with none."""
    layer = song.layers[row]
    return layer.slug, "" if nth == LEFT_OUT else layer.stems[nth].slug
