"""The planner against brute force, for any holdings."""

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

SLUGS = "abcd"


@st.composite
def songs(draw: st.DrawFn) -> Song:
    """Draw a small song with rules; some of them permit no variation."""
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=4))
    layers = tuple(
        Layer(
            slug,
            slug,
            tuple(Stem(f"{nth}", f"{nth}", weight=draw(st.integers(1, 4))) for nth in range(size)),
        )
        for slug, size in zip(SLUGS, sizes, strict=False)
    )

    def side(least: int = 0) -> dict[str, tuple[str, ...]]:
        chosen = draw(st.lists(st.sampled_from(layers), min_size=least, max_size=2, unique=True))
        return {
            layer.slug: (draw(st.sampled_from([stem.slug for stem in layer.stems])),)
            for layer in chosen
        }

    rules = tuple(Rule(side(), side(), side()) for _ in range(draw(st.integers(0, 3))))
    return Song("song", "Song", layers, rules)


@st.composite
def holdings(draw: st.DrawFn, most: int = 3) -> SongHolding:
    """Draw a song and copies of some of its stems, some of them in one token."""
    song = draw(songs())
    copies: dict[str, dict[str, dict[str, int]]] = {}
    number = 1
    for layer in song.layers:
        for stem in layer.stems:
            for count in draw(st.lists(st.integers(1, most), max_size=2)):
                tokens = copies.setdefault(layer.slug, {}).setdefault(stem.slug, {})
                tokens[str(number)] = count
                number += 1
    return SongHolding(song, copies)


def forgeable(holding: SongHolding) -> list[Variation]:
    """Return what can be forged, by trying everything."""
    return [
        variation
        for variation in holding.song.variations()
        if all(holding.count(*item) for item in variation.by_layer(holding.song).items())
    ]


def most_at_once(holding: SongHolding) -> int:
    """Return the largest batch, by trying every order."""
    items = [(layer.slug, stem.slug) for layer in holding.song.layers for stem in layer.stems]
    choices = [
        tuple(items.index(item) for item in variation.by_layer(holding.song).items())
        for variation in forgeable(holding)
    ]

    @cache
    def best(copies: tuple[int, ...]) -> int:
        fitting = [choice for choice in choices if all(copies[at] for at in choice)]
        return max(
            (
                1 + best(tuple(n - (at in choice) for at, n in enumerate(copies)))
                for choice in fitting
            ),
            default=0,
        )

    return best(tuple(holding.count(*item) for item in items))


@given(holdings())
def test_combinations_are_counted_and_come_rarest_first(holding: SongHolding) -> None:
    found = list(holding.forgeable())
    assert sorted(found) == forgeable(holding)
    assert len(found) == holding.combinations()
    bits = [information(holding.song, variation) for variation in found]
    assert bits == sorted(bits, reverse=True)


@settings(max_examples=300, deadline=None)
@given(holdings(most=2))
def test_a_batch_is_the_largest_and_uses_no_copy_twice(holding: SongHolding) -> None:
    batch = largest_batch(holding)
    assert batch.optimal
    assert batch.total == most_at_once(holding)
    left = holding
    for variation, times in batch.variations:
        assert holding.song.permits(variation)
        for _ in range(times):
            left = left.without(left.tokens_to_burn(variation))


@settings(max_examples=150, deadline=None)
@given(holdings(most=2), st.randoms(use_true_random=False))
def test_a_loss_is_the_difference_between_before_and_after(
    holding: SongHolding, random: object
) -> None:
    choices = forgeable(holding)
    if not choices:
        return
    variation = random.choice(choices)  # type: ignore[attr-defined]
    found = forging_loss(holding, variation)
    after = holding.without(found.burned)
    gone = sorted(set(choices) - set(forgeable(after)))
    assert found.combinations_before - found.combinations_after == len(gone)
    assert found.at_once_after == most_at_once(after)
    assert dict(found.last) == {
        layer: stem
        for layer, stem in variation.by_layer(holding.song).items()
        if holding.count(layer, stem) == 1
    }
    rarer = max((information(holding.song, each) for each in gone), default=0.0)
    if found.rarer is None:
        assert rarer <= information(holding.song, variation)
    else:
        assert found.rarer in gone
        assert information(holding.song, found.rarer) == rarer


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

    least = min((cost(each) for each in song.variations()), default=inf)
    found = cheapest_completion(holding, prices)
    if found is None:
        assert least == inf
    else:
        assert found.cost == least == cost(found.variation) == sum(prices[key] for key in found.buy)


@given(songs())
def test_no_rule_reaches_across_groups(song: Song) -> None:
    groups = [{layer.slug for layer in group} for group, _ in song.rule_groups()]
    assert sorted(slug for group in groups for slug in group) == [each.slug for each in song.layers]
    assert all(any(rule.layers <= group for group in groups) for rule in song.rules if rule.layers)
    assert song.count_permitted() == len(list(song.variations()))


@pytest.mark.parametrize("copies", [1, 3, 999])
def test_a_packing_whose_relaxation_is_not_whole(copies: int) -> None:
    triangle = [(0, 1), (1, 2), (0, 2)]
    packing = pack(triangle, [copies] * 3, upper_bound=3 * copies)
    assert (packing.total, packing.optimal) == (3 * copies // 2, True)


def test_nine_layers_of_many_copies_take_no_time() -> None:
    layers = tuple(
        Layer(f"l{at}", "L", tuple(Stem(f"s{nth}", "S") for nth in range(4))) for at in range(9)
    )
    rules = tuple(
        Rule({f"l{at}": ("s0",)}, exclude={f"l{at + 1}": ("s1", "s2")}) for at in range(0, 6, 2)
    )
    copies = {
        layer.slug: {
            stem.slug: {str(100 * at + 10 * nth): 30 + 7 * nth + at}
            for nth, stem in enumerate(layer.stems)
        }
        for at, layer in enumerate(layers)
    }
    holding = SongHolding(Song("song", "Song", layers, rules), copies)
    started = perf_counter()
    batch = largest_batch(holding)
    assert batch.optimal
    assert batch.total == min(
        sum(holding.count(layer.slug, stem.slug) for stem in layer.stems) for layer in layers
    )
    assert perf_counter() - started < 1


def test_all_choices_of_three_layers_are_tied_by_one_rule() -> None:
    layers = tuple(
        Layer(slug, slug, tuple(Stem(f"{nth}", "") for nth in range(4))) for slug in "abc"
    )
    rule = Rule({"a": ("0",), "b": ("0",)}, exclude={"c": ("0",)})
    song = Song("song", "Song", layers, (rule,))
    copies = {slug: {f"{nth}": {f"{nth}": 17 * (nth + 1)} for nth in range(4)} for slug in "abc"}
    assert [len(group) for group, _ in song.rule_groups()] == [3]
    assert largest_batch(SongHolding(song, copies)).total == 170
    assert sum(song.permits(Variation("song", each)) for each in product(range(4), repeat=3)) == 63
