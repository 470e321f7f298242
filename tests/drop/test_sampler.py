"""Samples of distinct variations with target counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from stempress.collection.variation_space import VariationSpace
from stempress.drop.apportionment import largest_remainder
from stempress.drop.mint_report import exact_weight
from stempress.drop.sampler import available_per_stem, count_stems, sample
from stempress.drop.seeded_rng import SeededRandom
from tests.collection.test_variation_space import song_of, songs
from tests.support.sizes import sized

if TYPE_CHECKING:
    from pyodide_app.engine.model import Song


@settings(max_examples=sized(60, nightly=1000))
@given(songs(), st.data())
def test_target_counts_that_can_be_met_are_met(song: Song, data: st.DataObject) -> None:
    """The target is the count of some set of variations, while others are taken."""
    space = list(VariationSpace(song))
    order = data.draw(st.permutations(space))
    size = data.draw(st.integers(0, len(space)))
    taken = set(order[size : size + data.draw(st.integers(0, len(space) - size))])
    target = count_stems(song, order[:size])
    met = []
    for seed in range(5):
        choices = sample(song, target, size, taken, SeededRandom(str(seed)))
        assert len(set(choices)) == size
        assert not taken & set(choices)
        assert set(choices) <= set(space)
        met.append(count_stems(song, choices) == target)
        if met[-1]:
            break
    assert any(met)


def test_a_whole_space_can_be_sampled() -> None:
    song = song_of([10, 10, 10, 10])
    target = available_per_stem(song, set())
    choices = sample(song, target, 10_000, set(), SeededRandom("full"))
    assert set(choices) == set(VariationSpace(song))
    assert choices != sorted(choices)


def test_a_space_of_millions_is_sampled_without_listing_it() -> None:
    song = song_of([10] * 8)
    target = [largest_remainder(10_000, [exact_weight(s) for s in la.stems]) for la in song.layers]
    choices = sample(song, target, 10_000, set(), SeededRandom("many"))
    assert len(set(choices)) == 10_000
    assert count_stems(song, choices) == target


def test_the_same_seed_gives_the_same_sample() -> None:
    song = song_of([3, 4, 2])
    target = [[2, 2, 2], [3, 1, 1, 1], [4, 2]]
    assert sample(song, target, 6, set(), SeededRandom("one")) == sample(
        song, target, 6, set(), SeededRandom("one")
    )
    assert sample(song, target, 6, set(), SeededRandom("one")) != sample(
        song, target, 6, set(), SeededRandom("two")
    )
