"""The forge planner: how many songs at once, what one of them costs, what completes one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from pyodide_app.engine.model import Variation, choices_of
from pyodide_app.engine.walk import cheapest_first

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pyodide_app.engine.holdings import SongHolding
    from pyodide_app.engine.model import Layer, Rule, Song, StemKey

MOST_CHOICES = 2048
"""Of layers that rules tie together, more combinations than this are not all weighed up."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Variations to forge with no copy used twice; ``exact``: no batch is larger."""

    forged: tuple[tuple[Variation, int], ...]
    exact: bool = True

    @property
    def total(self) -> int:
        """Count the songs that are forged."""
        return sum(times for _, times in self.forged)


@dataclass(frozen=True, slots=True)
class Loss:
    """What forging one variation takes: the tokens that burn, and what cannot be forged after.

    ``last`` are layer and stem of every last copy. ``rarer`` is the rarest combination that goes
    with them, if it is rarer than the one that is forged.
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
    """The cheapest way to have every layer of a song: what to buy, and for how much."""

    cost: float
    variation: Variation
    buy: tuple[StemKey, ...]


def at_once(holding: SongHolding) -> Batch:
    """Return a largest batch of songs that the held copies make."""
    if holding.missing:
        return Batch(())
    parts, exact = [], True
    for layers, rules in holding.narrowed().groups():
        part, proven = _pack_group(holding, layers, rules)
        parts.append(part)
        exact = exact and proven
    return Batch(tuple(_joined(holding.song, parts)), exact)


type _Part = list[tuple[dict[str, str], int]]
"""Choices of a stem for each layer of a group, and how often each is made."""


def _pack_group(
    holding: SongHolding, layers: Sequence[Layer], rules: Sequence[Rule]
) -> tuple[_Part, bool]:
    """Pack layers of held stems alone; return the choices, and whether there are no more."""
    if not rules:
        (layer,) = layers
        counts = [(stem.slug, holding.count(layer.slug, stem.slug)) for stem in layer.stems]
        return [({layer.slug: slug}, count) for slug, count in counts if count], True
    items = [(layer.slug, stem.slug) for layer in layers for stem in layer.stems]
    copies = [holding.count(*item) for item in items]
    scarcest = min(sum(holding.count(layer.slug, s.slug) for s in layer.stems) for layer in layers)
    places = {item: at for at, item in enumerate(items)}
    choices = list(islice(choices_of(layers, rules), MOST_CHOICES))
    indices = [[places[item] for item in choice.items()] for choice in choices]
    from pyodide_app.engine.packing import pack  # noqa: PLC0415 - needs numpy, which takes long

    packing = pack(indices, copies, most=scarcest)
    made = [(choice, n) for choice, n in zip(choices, packing.times, strict=True) if n]
    every = len(choices) < MOST_CHOICES or packing.total == scarcest
    return made, packing.exact and every


def _joined(song: Song, parts: Sequence[_Part]) -> Iterator[tuple[Variation, int]]:
    """Lay the groups' choices side by side until the scarcest group has none left."""
    left = [list(reversed(part)) for part in parts]
    while all(left):
        times = min(part[-1][1] for part in left)
        stems: dict[str, str] = {}
        for part in left:
            choice, count = part.pop()
            stems |= choice
            if count > times:
                part.append((choice, count - times))
        yield Variation.from_stems(song, stems), times


def loss(holding: SongHolding, variation: Variation) -> Loss:
    """Weigh forging one variation, which the holding can, against keeping the stems."""
    burned = holding.burned_for(variation)
    after = holding.without(burned)
    chosen = variation.by_layer(holding.song)
    last = tuple((layer, stem) for layer, stem in chosen.items() if not after.count(layer, stem))
    return Loss(
        burned=burned,
        last=last,
        combinations_before=holding.combinations(),
        combinations_after=after.combinations(),
        at_once_before=at_once(holding).total,
        at_once_after=at_once(after).total,
        rarer=_rarer(holding, variation, dict(last)),
    )


def _rarer(holding: SongHolding, variation: Variation, last: Mapping[str, str]) -> Variation | None:
    found = [variation]
    for layer, stem in last.items():
        others = (each for each in holding.only(layer, stem).forgeable() if each != variation)
        found += islice(others, 1)
    rarest = max(found, key=lambda each: information(holding.song, each))
    own = information(holding.song, variation)
    return rarest if information(holding.song, rarest) > own else None


def information(song: Song, variation: Variation) -> float:
    """Return the information content of a variation in bits: higher is rarer."""
    bits = zip(song.layers, variation.choice, strict=True)
    return round(sum(layer.information[at] for layer, at in bits), 9)


def cheapest(holding: SongHolding, prices: Mapping[StemKey, float]) -> Completion | None:
    """Return the cheapest permitted variation: what is held is free, what has no price not sold."""
    song = holding.song
    layers = []
    for layer in song.layers:
        held = holding.stems(layer.slug)
        keys = [(song.slug, layer.slug, stem.slug) for stem in layer.stems]
        layers.append(
            [
                (0.0 if key[2] in held else prices[key], nth)
                for nth, key in enumerate(keys)
                if key[2] in held or key in prices
            ]
        )
    for cost, variation in cheapest_first(song, layers):
        chosen = variation.by_layer(song)
        buy = (
            (song.slug, layer, stem)
            for layer, stem in chosen.items()
            if stem not in holding.stems(layer)
        )
        return Completion(cost, variation, tuple(buy))
    return None
