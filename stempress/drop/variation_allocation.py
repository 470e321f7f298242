"""Allocation of song tokens: variations drawn by supplies, weights, rules and a seed. Pure.

The same collection and seed give the same tokens on any machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.collection.variation_space import VariationSpace
from stempress.core.errors import Fault, SiteError
from stempress.drop.layer_allocation import plan_layer, supply_left
from stempress.drop.mint_errors import WHERE, mint_error
from stempress.drop.mint_report import option_name
from stempress.drop.sampler import available_per_stem, count_stems, sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from pyodide_app.engine.model import Song
    from stempress.collection.variation_space import Choice
    from stempress.drop.seeded_rng import SeededRandom

MAX_ATTEMPTS = 5
"""Attempts to meet exact supplies before a plan is rejected."""


def draw_variations(  # noqa: PLR0913 - what a draw depends on
    song: Song,
    size: int,
    minted: Sequence[Choice],
    rejected: AbstractSet[Choice],
    rng: SeededRandom,
    *,
    at_random: bool = False,
) -> tuple[list[Choice], list[list[int]]]:
    """Return ``size`` variations that are neither minted nor rejected, and the plan by layer.

    A layer's supplies are never exceeded, and are met exactly when ``size`` uses them up.
    """
    taken = {*minted, *rejected}
    _check_size(song, size, taken, len(minted))
    used, available = count_stems(song, minted), available_per_stem(song, taken)
    plan = [
        plan_layer(song, layer, size, used[layer], available[layer], rng if at_random else None)
        for layer in range(len(song.layers))
    ]
    for _ in range(MAX_ATTEMPTS):
        choices = sample(song, plan, size, taken, rng)
        mismatches = list(_supply_mismatches(song, count_stems(song, choices), plan, used))
        if not mismatches:
            return choices, plan
    raise SiteError(
        Fault(
            WHERE,
            "no set of variations was found that follows the rules and meets this supply",
            f"{song.slug}/{layer}/{stem}",
            hint=f"the closest was {count} instead of {supply}: change the supply, or a rule",
        )
        for layer, stem, count, supply in mismatches
    )


def draw_approved(
    song: Song,
    size: int | None,
    minted: Sequence[Choice],
    approved: Sequence[Choice],
    rng: SeededRandom,
) -> list[Choice]:
    """Return ``size`` approved variations that are not minted, or all of them if it is None."""
    space, taken = VariationSpace(song), set(minted)
    pool = [choice for choice in approved if choice in space and choice not in taken]
    if size is not None and size > len(pool):
        hint = f"{len(approved)} are approved; {len(pool)} of them are permitted and not minted"
        raise mint_error("size", "exceeds the number of approved variations", hint, size)
    choices = rng.shuffled(sorted(pool))[:size]
    _check_supplies(song, choices, minted)
    return choices


def _check_supplies(song: Song, choices: Sequence[Choice], minted: Sequence[Choice]) -> None:
    """Reject approved variations that have more of a stem than its supply leaves."""
    counts, used = count_stems(song, choices), count_stems(song, minted)
    for layer, count, minted_count in zip(song.layers, counts, used, strict=True):
        for index, option in enumerate(layer.options):
            left = supply_left(option, minted_count[index])
            if left is not None and count[index] > left:
                key = f"{song.slug}/{layer.slug}/{option_name(option)}"
                hint = f"the supply leaves {left}: reject some, or mint fewer"
                message = "is approved more often than its supply"
                raise mint_error(key, message, hint, count[index])


def _check_size(song: Song, size: int, taken: AbstractSet[Choice], minted: int) -> None:
    """Reject a size that exceeds the variations left."""
    space = VariationSpace(song)
    unavailable = sum(1 for choice in taken if choice in space)
    if size > space.size - unavailable:
        sizes = " x ".join(f"{layer.slug} {len(layer.options)}" for layer in song.layers)
        raise mint_error(
            "size",
            f"exceeds the variations of {song.slug} that are left",
            f"{sizes} = {song.combinations}; the rules permit {space.size}; {minted} minted, "
            f"{unavailable - minted} rejected, {space.size - unavailable} left",
            size,
        )


def _supply_mismatches(
    song: Song, counts: list[list[int]], plan: list[list[int]], used: list[list[int]]
) -> Iterator[tuple[str, str, int, int]]:
    """Yield (layer, stem, count, supply left) of stems that exceed or fail to use up a supply."""
    for layer, count, planned, minted in zip(song.layers, counts, plan, used, strict=True):
        options = layer.options
        if any(option.supply is None for option in options):
            continue
        left = [(each.supply or 0) - have for each, have in zip(options, minted, strict=True)]
        uses_all = sum(left) == sum(planned)
        for index, option in enumerate(options):
            if count[index] > left[index] or (uses_all and count[index] != left[index]):
                yield layer.slug, option_name(option), count[index], left[index]
