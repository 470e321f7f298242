"""Forge planner: the largest batch of songs, what forging one costs, the cheapest completion."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from pyodide_app.engine.enumeration import cheapest_first
from pyodide_app.engine.model import LEFT_OUT, Variation, permitted_choices

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pyodide_app.engine.enumeration import StemCosts
    from pyodide_app.engine.holdings import SongHolding
    from pyodide_app.engine.model import Layer, Rule, Song, StemKey

MAX_CHOICES = 2048
"""Combinations considered per rule group; the batch is not proven optimal beyond this."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Variations that can all be forged without using a token twice, with their counts.

    ``optimal`` is true if no larger batch exists.
    """

    variations: tuple[tuple[Variation, int], ...]
    optimal: bool = True

    @property
    def total(self) -> int:
        """Number of songs forged."""
        return sum(count for _, count in self.variations)


@dataclass(frozen=True, slots=True)
class Loss:
    """Cost of forging one variation: the tokens burned and the combinations lost.

    ``burned`` maps layer slugs to token ids. ``last`` lists (layer, stem) of every stem whose last
    copy is burned. ``rarer`` is the rarest combination lost with those, if it is rarer than the one
    being forged.
    """

    burned: Mapping[str, str]
    last: tuple[tuple[str, str], ...]
    combinations_before: int
    combinations_after: int
    at_once_before: int
    at_once_after: int
    rarer: Variation | None


@dataclass(frozen=True, slots=True)
class Completion:
    """Cheapest way to complete a song: the stems to buy and their total price."""

    cost: float
    variation: Variation
    buy: tuple[StemKey, ...]


def largest_batch(holding: SongHolding) -> Batch:
    """Return the largest batch of songs that can be forged from a holding."""
    if holding.missing_layers:
        return Batch(())
    packings, optimal = [], True
    for layers, rules in holding.restricted_song().rule_groups():
        packing, proven = _pack_group(holding, layers, rules)
        packings.append(packing)
        optimal = optimal and proven
    return Batch(tuple(_join_groups(holding.song, packings)), optimal)


type _GroupPacking = list[tuple[dict[str, str], int]]
"""Choices for one rule group (layer slug -> stem slug) and how often each is used."""


def _pack_group(
    holding: SongHolding, layers: Sequence[Layer], rules: Sequence[Rule]
) -> tuple[_GroupPacking, bool]:
    """Pack one rule group; return its choices and whether the packing is proven optimal."""
    copies_of = {layer.slug: _copies(holding, layer) for layer in layers}
    if not rules:
        (layer,) = layers
        counts = copies_of[layer.slug].items()
        return [({layer.slug: slug}, count) for slug, count in counts if count], True
    items = [(layer.slug, option.slug) for layer in layers for option in layer.options]
    copies = [copies_of[layer][option] for layer, option in items]
    upper_bound = min(sum(counts.values()) for counts in copies_of.values())
    item_index = {item: index for index, item in enumerate(items)}
    choices = list(islice(permitted_choices(layers, rules), MAX_CHOICES))
    indices = [[item_index[item] for item in choice.items()] for choice in choices]
    from pyodide_app.engine.packing import pack  # noqa: PLC0415 - numpy is slow to import

    packing = pack(indices, copies, upper_bound=upper_bound)
    used = [(choice, n) for choice, n in zip(choices, packing.counts, strict=True) if n]
    exhaustive = len(choices) < MAX_CHOICES or packing.total == upper_bound
    return used, packing.optimal and exhaustive


def _copies(holding: SongHolding, layer: Layer) -> dict[str, int]:
    """Return how often each option of a layer can be used, by its slug.

    A layer can be left out of as many songs as the scarcest layer that must play is enough for.
    """
    copies = {stem.slug: holding.count(layer.slug, stem.slug) for stem in layer.stems}
    if layer.empty is not None:
        copies[layer.empty.slug] = min(
            sum(holding.count(other.slug, stem) for stem in holding.stems(other.slug))
            for other in holding.song.layers
            if other.empty is None
        )
    return copies


def _join_groups(song: Song, packings: Sequence[_GroupPacking]) -> Iterator[tuple[Variation, int]]:
    """Combine the groups' choices into variations until the scarcest group runs out."""
    remaining = [list(reversed(packing)) for packing in packings]
    while all(remaining):
        times = min(packing[-1][1] for packing in remaining)
        stems: dict[str, str] = {}
        for packing in remaining:
            choice, count = packing.pop()
            stems |= choice
            if count > times:
                packing.append((choice, count - times))
        yield Variation.from_stems(song, stems), times


def forging_loss(holding: SongHolding, variation: Variation) -> Loss:
    """Return the cost of forging a variation; the holding must contain all its stems."""
    burned = holding.tokens_to_burn(variation)
    after = holding.without(burned)
    stems = variation.by_layer(holding.song)
    last = tuple((layer, stem) for layer, stem in stems.items() if not after.count(layer, stem))
    return Loss(
        burned=burned,
        last=last,
        combinations_before=holding.combinations(),
        combinations_after=after.combinations(),
        at_once_before=largest_batch(holding).total,
        at_once_after=largest_batch(after).total,
        rarer=_rarest_lost(holding, variation, dict(last)),
    )


def _rarest_lost(
    holding: SongHolding, forged: Variation, last: Mapping[str, str]
) -> Variation | None:
    """Return the rarest other variation that needs a last copy, if rarer than the forged one."""
    candidates = [forged]
    for layer, stem in last.items():
        others = (mix for mix in holding.with_only(layer, stem).forgeable() if mix != forged)
        candidates += islice(others, 1)
    rarest = max(candidates, key=lambda variation: information(holding.song, variation))
    is_rarer = information(holding.song, rarest) > information(holding.song, forged)
    return rarest if is_rarer else None


def information(song: Song, variation: Variation) -> float:
    """Return the information content of a variation in bits; higher is rarer."""
    choices = zip(song.layers, variation.choice, strict=True)  # LEFT_OUT is the last
    return round(sum(layer.information[index] for layer, index in choices), 9)


def cheapest_completion(holding: SongHolding, prices: Mapping[StemKey, float]) -> Completion | None:
    """Return the cheapest permitted variation; None if no purchase completes the song.

    Held stems are free, and stems without a price are not for sale.
    """
    song = holding.song
    layer_costs = [_stem_costs(holding, layer, prices) for layer in song.layers]
    for cost, variation in cheapest_first(song, layer_costs):
        buy = (
            (song.slug, layer, stem)
            for layer, stem in variation.by_layer(song).items()
            if stem not in holding.stems(layer)
        )
        return Completion(cost, variation, tuple(buy))
    return None


def _stem_costs(holding: SongHolding, layer: Layer, prices: Mapping[StemKey, float]) -> StemCosts:
    """Return (cost, index) of the layer's stems that are held or for sale; leaving it out is free.

    Held stems come before that, since of equal costs the first is chosen.
    """
    held = holding.stems(layer.slug)
    keys = [(holding.song.slug, layer.slug, stem.slug) for stem in layer.stems]
    costs = [
        (0.0 if key[2] in held else prices[key], index)
        for index, key in enumerate(keys)
        if key[2] in held or key in prices
    ]
    return costs if layer.empty is None else [*costs, (0.0, LEFT_OUT)]
