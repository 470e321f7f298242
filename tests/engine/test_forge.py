"""The forge planner agrees with brute force for any holding."""

from __future__ import annotations

from functools import cache
from itertools import product
from math import inf
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyodide_app.engine.forge import cheapest_completion, forging_loss, information, largest_batch
from pyodide_app.engine.holdings import SongHolding
from pyodide_app.engine.model import Layer, Rule, Song, Stem, StemKey, Variation
from pyodide_app.engine.packing import pack
from tests.support.sizes import sized

SLUGS = "abcd"


@st.composite
def songs(draw: st.DrawFn) -> Song:
    """Draw a small song with rules, some of which permit no variation, and optional layers."""
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=4))
    may_be_empty = [False, *draw(st.lists(st.booleans(), min_size=3, max_size=3))]
    layers = tuple(
        Layer(
            slug,
            slug,
            tuple(
                Stem(f"{index}", f"{index}", weight=draw(st.integers(1, 4)))
                for index in range(size)
            ),
            Stem("", "", weight=draw(st.integers(1, 4))) if is_optional else None,
        )
        for slug, size, is_optional in zip(SLUGS, sizes, may_be_empty, strict=False)
    )

    def rule_side(minimum: int = 0) -> dict[str, tuple[str, ...]]:
        chosen = draw(st.lists(st.sampled_from(layers), min_size=minimum, max_size=2, unique=True))
        return {
            layer.slug: (draw(st.sampled_from([stem.slug for stem in layer.stems])),)
            for layer in chosen
        }

    rules = tuple(
        Rule(rule_side(), rule_side(), rule_side()) for _ in range(draw(st.integers(0, 3)))
    )
    return Song("song", "Song", layers, rules)


@st.composite
def holdings(draw: st.DrawFn, max_copies: int = 3) -> SongHolding:
    """Draw a song and copies of some of its stems, some of them several per token."""
    song = draw(songs())
    copies: dict[str, dict[str, dict[str, int]]] = {}
    token_id = 1
    for layer in song.layers:
        for stem in layer.stems:
            for count in draw(st.lists(st.integers(1, max_copies), max_size=2)):
                tokens = copies.setdefault(layer.slug, {}).setdefault(stem.slug, {})
                tokens[str(token_id)] = count
                token_id += 1
    return SongHolding(song, copies)


def forgeable(holding: SongHolding) -> list[Variation]:
    """Return all forgeable variations, by exhaustive search."""
    return [
        variation
        for variation in holding.song.variations()
        if all(holding.count(*stem_item) for stem_item in variation.by_layer(holding.song).items())
    ]


def largest_batch_size(holding: SongHolding) -> int:
    """Return the size of the largest batch, by exhaustive search."""
    items = [(layer.slug, stem.slug) for layer in holding.song.layers for stem in layer.stems]
    choices = [
        tuple(items.index(item) for item in variation.by_layer(holding.song).items())
        for variation in forgeable(holding)
    ]

    @cache
    def best(copies: tuple[int, ...]) -> int:
        fitting = [choice for choice in choices if all(copies[index] for index in choice)]
        return max(
            (
                1 + best(tuple(n - (index in choice) for index, n in enumerate(copies)))
                for choice in fitting
            ),
            default=0,
        )

    return best(tuple(holding.count(*item) for item in items))


@given(holdings())
def test_combinations_are_counted_and_come_rarest_first(holding: SongHolding) -> None:
    variations = list(holding.forgeable())
    assert sorted(variations) == forgeable(holding)
    assert len(variations) == holding.combinations()
    bits = [information(holding.song, variation) for variation in variations]
    assert bits == sorted(bits, reverse=True)


@settings(max_examples=sized(80, nightly=1000), deadline=None)
@given(holdings(max_copies=2))
def test_a_batch_is_the_largest_possible_and_uses_no_token_twice(holding: SongHolding) -> None:
    batch = largest_batch(holding)
    assert batch.optimal
    assert batch.total == largest_batch_size(holding)
    remaining = holding
    for variation, times in batch.variations:
        assert holding.song.permits(variation)
        for _ in range(times):
            remaining = remaining.without(remaining.tokens_to_burn(variation))


@settings(max_examples=sized(50, nightly=1000), deadline=None)
@given(holdings(max_copies=2), st.randoms(use_true_random=False))
def test_a_loss_is_the_difference_between_before_and_after(
    holding: SongHolding, random: object
) -> None:
    choices = forgeable(holding)
    if not choices:
        return
    variation = random.choice(choices)  # type: ignore[attr-defined]
    lost = forging_loss(holding, variation)
    after = holding.without(lost.burned)
    combinations_lost = sorted(set(choices) - set(forgeable(after)))
    assert lost.combinations_before - lost.combinations_after == len(combinations_lost)
    assert lost.at_once_after == largest_batch_size(after)
    assert dict(lost.last) == {
        layer: stem
        for layer, stem in variation.by_layer(holding.song).items()
        if holding.count(layer, stem) == 1
    }
    rarest_bits = max(
        (information(holding.song, combination) for combination in combinations_lost), default=0.0
    )
    if lost.rarer is None:
        assert rarest_bits <= information(holding.song, variation)
    else:
        assert lost.rarer in combinations_lost
        assert information(holding.song, lost.rarer) == rarest_bits


@given(holdings(), st.data())
def test_a_completion_is_the_cheapest(holding: SongHolding, data: st.DataObject) -> None:
    song = holding.song
    keys: list[StemKey] = [
        (song.slug, layer.slug, stem.slug) for layer in song.layers for stem in layer.stems
    ]
    prices: dict[StemKey, float] = {
        key: float(data.draw(st.integers(0, 9))) for key in keys if data.draw(st.booleans())
    }

    def cost(variation: Variation) -> float:
        chosen = variation.by_layer(song).items()
        return sum(
            0.0 if holding.count(*item) else prices.get((song.slug, *item), inf) for item in chosen
        )

    lowest = min((cost(variation) for variation in song.variations()), default=inf)
    completion = cheapest_completion(holding, prices)
    if completion is None:
        assert lowest == inf
    else:
        assert (
            completion.cost
            == lowest
            == cost(completion.variation)
            == sum(prices[key] for key in completion.buy)
        )


@given(songs())
def test_no_rule_spans_two_groups(song: Song) -> None:
    groups = [{layer.slug for layer in group} for group, _ in song.rule_groups()]
    assert sorted(slug for group in groups for slug in group) == [
        layer.slug for layer in song.layers
    ]
    assert all(any(rule.layers <= group for group in groups) for rule in song.rules if rule.layers)
    assert song.count_permitted() == len(list(song.variations()))


@pytest.mark.parametrize("copies", [1, 3, 999])
def test_a_packing_with_a_fractional_relaxation_is_optimal(copies: int) -> None:
    triangle = [(0, 1), (1, 2), (0, 2)]
    packing = pack(triangle, [copies] * 3, upper_bound=3 * copies)
    assert (packing.total, packing.optimal) == (3 * copies // 2, True)


def test_nine_layers_with_many_copies_take_less_than_a_second() -> None:
    layers = tuple(
        Layer(f"l{index}", "L", tuple(Stem(f"s{stem_index}", "S") for stem_index in range(4)))
        for index in range(9)
    )
    rules = tuple(
        Rule({f"l{index}": ("s0",)}, exclude={f"l{index + 1}": ("s1", "s2")})
        for index in range(0, 6, 2)
    )
    copies = {
        layer.slug: {
            stem.slug: {str(100 * index + 10 * stem_index): 30 + 7 * stem_index + index}
            for stem_index, stem in enumerate(layer.stems)
        }
        for index, layer in enumerate(layers)
    }
    holding = SongHolding(Song("song", "Song", layers, rules), copies)
    started = perf_counter()
    batch = largest_batch(holding)
    assert batch.optimal
    assert batch.total == min(
        sum(holding.count(layer.slug, stem.slug) for stem in layer.stems) for layer in layers
    )
    assert perf_counter() - started < 1


def test_one_rule_over_three_layers_makes_them_one_group() -> None:
    layers = tuple(
        Layer(slug, slug, tuple(Stem(f"{index}", "") for index in range(4))) for slug in "abc"
    )
    rule = Rule({"a": ("0",), "b": ("0",)}, exclude={"c": ("0",)})
    song = Song("song", "Song", layers, (rule,))
    copies = {
        slug: {f"{index}": {f"{index}": 17 * (index + 1)} for index in range(4)} for slug in "abc"
    }
    assert [len(group) for group, _ in song.rule_groups()] == [3]
    assert largest_batch(SongHolding(song, copies)).total == 170
    assert (
        sum(song.permits(Variation("song", choice)) for choice in product(range(4), repeat=3)) == 63
    )
