"""Allocation of a drop's tokens from supplies, weights, rules and a seed. Pure.

The same collection and seed give the same tokens on any machine.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from pyodide_app.engine.model import stem_keys
from stempress.collection.variation_space import VariationSpace
from stempress.core.errors import Fault, SiteError
from stempress.drop.apportionment import draw_counts, largest_remainder
from stempress.drop.mint_report import exact_weight, option_name, weight_shares
from stempress.drop.sampler import available_per_stem, count_stems, sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from pyodide_app.engine.model import Layer, Song, Stem, StemKey
    from stempress.collection.variation_space import Choice
    from stempress.drop.seeded_rng import SeededRandom

WHERE = "mint"
MAX_ATTEMPTS = 5
"""Attempts to meet exact supplies before a plan is rejected."""


def plan_stems(
    songs: Sequence[Song],
    minted: Mapping[StemKey, int],
    size: int | None,
    rng: SeededRandom | None = None,
) -> dict[StemKey, int]:
    """Return how many tokens of each stem to mint in addition to ``minted``.

    Stems with a supply get the rest of it; stems with a weight share what remains of ``size``,
    every layer equally. Without ``size`` there must be supplies only. With ``rng``, weights are
    drawn at random instead of apportioned.
    """
    stems = {(s.slug, la.slug, st.slug): st for s in songs for la in s.layers for st in la.stems}
    exact = {
        key: st.supply - minted.get(key, 0) for key, st in stems.items() if st.supply is not None
    }
    weighted = [key for key, stem in stems.items() if stem.supply is None]
    size = _check_stem_count(songs, minted, size, sum(exact.values()), bool(weighted))
    if not weighted:
        return exact
    free = size - sum(exact.values())
    shares = weight_shares(songs)
    parts = [shares[key] for key in weighted]
    if rng is not None:
        return exact | dict(zip(weighted, draw_counts(free, parts, rng), strict=True))
    already = [minted.get(key, 0) for key in weighted]
    targets = largest_remainder(free + sum(already), parts)
    lacking = [
        Fraction(max(0, target - have)) for target, have in zip(targets, already, strict=True)
    ]
    return exact | dict(zip(weighted, largest_remainder(free, lacking), strict=True))


def _check_stem_count(
    songs: Sequence[Song],
    minted: Mapping[StemKey, int],
    size: int | None,
    supplied: int,
    has_weights: bool,  # noqa: FBT001 - internal
) -> int:
    """Return the size of a mint, by default what the supplies leave; reject what cannot work."""
    if size is None:
        if has_weights:
            message = "is required: weights give proportions, not numbers"
            raise _rejection("size", message, "--size 1000")
        return supplied
    if size > supplied and not has_weights:
        raise _rejection("size", "exceeds what the supplies leave", _sums(songs, minted), size)
    if size < supplied and has_weights:
        hint = f"{_sums(songs, minted)}; use a larger --size, or weights only"
        raise _rejection("size", "is less than the exact supplies require", hint, size)
    return size


def draw_stems(plan: Mapping[StemKey, int], size: int | None, rng: SeededRandom) -> list[StemKey]:
    """Return the first ``size`` of all planned tokens in random order."""
    deck = [key for key, number in plan.items() for _ in range(number)]
    return rng.shuffled(deck)[:size]


def _sums(songs: Sequence[Song], minted: Mapping[StemKey, int]) -> str:
    """Return the supply of each song, the number minted and the number left, for a message."""
    supplies = {
        song.slug: sum(stem.supply or 0 for layer in song.layers for stem in layer.stems)
        for song in songs
    }
    with_supply = {key for key in stem_keys(songs) if _stem(songs, key).supply is not None}
    count = sum(number for key, number in minted.items() if key in with_supply)
    total = sum(supplies.values())
    terms = " + ".join(f"{slug} {number}" for slug, number in supplies.items())
    return f"supplies: {terms} = {total}; {count} minted, {total - count} left"


def _stem(songs: Sequence[Song], key: StemKey) -> Stem:
    layer = next(song for song in songs if song.slug == key[0]).layer(key[1])
    return layer.stems[layer.index(key[2])]


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
        _plan_layer(song, layer, size, used[layer], available[layer], rng if at_random else None)
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
        raise _rejection("size", "exceeds the number of approved variations", hint, size)
    choices = rng.shuffled(sorted(pool))[:size]
    counts, used = count_stems(song, choices), count_stems(song, minted)
    for layer, count, minted_count in zip(song.layers, counts, used, strict=True):
        for index, option in enumerate(layer.options):
            left = _supply_left(option, minted_count[index])
            if left is not None and count[index] > left:
                key = f"{song.slug}/{layer.slug}/{option_name(option)}"
                hint = f"the supply leaves {left}: reject some, or mint fewer"
                message = "is approved more often than its supply"
                raise _rejection(key, message, hint, count[index])
    return choices


def _check_size(song: Song, size: int, taken: AbstractSet[Choice], minted: int) -> None:
    """Reject a size that exceeds the variations left."""
    space = VariationSpace(song)
    unavailable = sum(1 for choice in taken if choice in space)
    if size > space.size - unavailable:
        sizes = " x ".join(f"{layer.slug} {len(layer.options)}" for layer in song.layers)
        raise _rejection(
            "size",
            f"exceeds the variations of {song.slug} that are left",
            f"{sizes} = {song.combinations}; the rules permit {space.size}; {minted} minted, "
            f"{unavailable - minted} rejected, {space.size - unavailable} left",
            size,
        )


def _plan_layer(  # noqa: PLR0913, PLR0917 - the numbers of one layer
    song: Song,
    index: int,
    size: int,
    used: list[int],
    available: list[int],
    rng: SeededRandom | None,
) -> list[int]:
    """Return how often to draw each option of a layer."""
    layer = song.layers[index]
    left = [_supply_left(stem, minted) for stem, minted in zip(layer.options, used, strict=True)]
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


def _supply_left(stem: Stem, minted: int) -> int | None:
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
        raise _rejection(key, "has supplies that are too small", hint)
    if sum(supplies) == size:
        faults = [
            Fault(
                WHERE,
                "has a larger supply than the rules allow",
                f"{key}/{option_name(option)}",
                supply,
                f"variations with it that are left: {limit}; each is minted at most once",
            )
            for option, supply, limit in zip(layer.options, supplies, available, strict=True)
            if supply > limit
        ]
        if faults:
            raise SiteError(faults)
    if (usable := sum(map(min, supplies, available))) < size:
        hint = f"{terms}, of which the rules allow {usable}"
        raise _rejection(key, "has larger supplies than the rules allow", hint, size)


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


def _rejection(key: str, message: str, hint: str, value: object = None) -> SiteError:
    return SiteError([Fault(WHERE, message, key, value, hint)])
