"""Distinct variations with counts that were asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from stempress.collection.variation_space import VariationSpace
from stempress.drop.apportionment import largest_remainder
from stempress.drop.mint_report import exact_share
from stempress.drop.sampler import count, pick, room
from stempress.drop.seeded_rng import Dice
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
    wished = count(song, order[:size])
    met = []
    for seed in range(5):
        picked = pick(song, wished, size, taken, Dice(str(seed)))
        assert len(set(picked)) == size
        assert not taken & set(picked)
        assert set(picked) <= set(space)
        met.append(count(song, picked) == wished)
        if met[-1]:
            break
    assert any(met)


def test_a_space_is_filled_to_the_last_one() -> None:
    song = song_of([10, 10, 10, 10])
    wished = room(song, set())
    picked = pick(song, wished, 10_000, set(), Dice("full"))
    assert set(picked) == set(VariationSpace(song))
    assert picked != sorted(picked)


def test_a_space_of_millions_is_drawn_from_without_listing_it() -> None:
    song = song_of([10] * 8)
    wished = [largest_remainder(10_000, [exact_share(s) for s in la.stems]) for la in song.layers]
    picked = pick(song, wished, 10_000, set(), Dice("many"))
    assert len(set(picked)) == 10_000
    assert count(song, picked) == wished


def test_a_seed_picks_the_same_everywhere() -> None:
    song = song_of([3, 4, 2])
    wished = [[2, 2, 2], [3, 1, 1, 1], [4, 2]]
    assert pick(song, wished, 6, set(), Dice("one")) == pick(song, wished, 6, set(), Dice("one"))
    assert pick(song, wished, 6, set(), Dice("one")) != pick(song, wished, 6, set(), Dice("two"))
