"""How often a draw of variations uses each option of a layer, by supplies or weights. Pure."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from stempress.core.errors import Fault, SiteError
from stempress.drop.apportionment import draw_counts, largest_remainder
from stempress.drop.mint_errors import WHERE, mint_error
from stempress.drop.mint_report import exact_weight, option_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyodide_app.engine.model import Layer, Song, Stem
    from stempress.drop.seeded_rng import SeededRandom


def plan_layer(  # noqa: PLR0913, PLR0917 - the numbers of one layer
    song: Song,
    index: int,
    size: int,
    used: list[int],
    available: list[int],
    rng: SeededRandom | None,
) -> list[int]:
    """Return how often to draw each option of a layer."""
    layer = song.layers[index]
    left = [supply_left(stem, minted) for stem, minted in zip(layer.options, used, strict=True)]
    _check_supplies(song, layer, size, used, left, available)
    limits = [
        limit if supply is None else min(supply, limit)
        for supply, limit in zip(left, available, strict=True)
    ]
    weights = [exact_weight(option) for option in layer.options]
    if rng is not None:
        return draw_counts(size, weights, rng, limits)
    total = size + sum(used)
    targets = [
        weight / sum(weights) * total - minted for weight, minted in zip(weights, used, strict=True)
    ]
    return largest_remainder(size, [max(target, Fraction(0)) for target in targets], limits)


def supply_left(stem: Stem, minted: int) -> int | None:
    """Return what ``minted`` tokens leave of an option's supply; None if it has a weight."""
    return None if stem.supply is None else stem.supply - minted


def _check_supplies(  # noqa: PLR0913, PLR0917 - the numbers of one layer
    song: Song,
    layer: Layer,
    size: int,
    used: list[int],
    left: list[int | None],
    available: list[int],
) -> None:
    """Reject supplies that are too small, or larger than the rules allow."""
    key = f"{song.slug}/{layer.slug}"
    supplies = [supply for supply in left if supply is not None]
    if len(supplies) < len(layer.options):
        return
    terms = " + ".join(f"{option_name(each)} {each.supply}" for each in layer.options)
    if sum(supplies) < size:
        total = sum(supplies) + sum(used)
        hint = f"{terms} = {total}; {sum(used)} minted, {sum(supplies)} left, not {size}"
        raise mint_error(key, "has supplies that are too small", hint)
    if sum(supplies) == size and (faults := [*_unmet_supplies(key, layer, supplies, available)]):
        raise SiteError(faults)
    if (usable := sum(map(min, supplies, available))) < size:
        hint = f"{terms}, of which the rules allow {usable}"
        raise mint_error(key, "has larger supplies than the rules allow", hint, size)


def _unmet_supplies(
    key: str, layer: Layer, supplies: list[int], available: list[int]
) -> Iterator[Fault]:
    """Yield a fault for each supply that the variations left cannot use up."""
    for option, supply, limit in zip(layer.options, supplies, available, strict=True):
        if supply > limit:
            yield Fault(
                WHERE,
                "has a larger supply than the rules allow",
                f"{key}/{option_name(option)}",
                supply,
                f"variations with it that are left: {limit}; each is minted at most once",
            )
