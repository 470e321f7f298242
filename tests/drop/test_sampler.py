"""Distinct variations with counts that were asked for."""

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

if TYPE_CHECKING:
    from pyodide_app.engine.model import Song


@settings(max_examples=200)
@given(songs(), st.data())
def test_counts_that_can_be_met_are_met(song: Song, data: st.DataObject) -> None:
    """What is wished for is what some set of variations has, beside others that are taken."""
    space = list(VariationSpace(song))
    order = data.draw(st.permutations(space))
    size = data.draw(st.integers(0, len(space)))
    taken = set(order[size : size + data.draw(st.integers(0, len(space) - size))])
    wished = count_stems(song, order[:size])
    met = []
    for seed in range(5):
        picked = sample(song, wished, size, taken, SeededRandom(str(seed)))
        assert len(set(picked)) == size
        assert not taken & set(picked)
        assert set(picked) <= set(space)
        met.append(count_stems(song, picked) == wished)
        if met[-1]:
            break
    assert any(met)


def test_a_space_is_filled_to_the_last_one() -> None:
    song = song_of([10, 10, 10, 10])
    wished = available_per_stem(song, set())
    picked = sample(song, wished, 10_000, set(), SeededRandom("full"))
    assert set(picked) == set(VariationSpace(song))
    assert picked != sorted(picked)


def test_a_space_of_millions_is_drawn_from_without_listing_it() -> None:
    song = song_of([10] * 8)
    wished = [largest_remainder(10_000, [exact_weight(s) for s in la.stems]) for la in song.layers]
    picked = sample(song, wished, 10_000, set(), SeededRandom("many"))
    assert len(set(picked)) == 10_000
    assert count_stems(song, picked) == wished


def test_a_seed_picks_the_same_everywhere() -> None:
    song = song_of([3, 4, 2])
    wished = [[2, 2, 2], [3, 1, 1, 1], [4, 2]]
    assert sample(song, wished, 6, set(), SeededRandom("one")) == sample(
        song, wished, 6, set(), SeededRandom("one")
    )
    assert sample(song, wished, 6, set(), SeededRandom("one")) != sample(
        song, wished, 6, set(), SeededRandom("two")
    )
