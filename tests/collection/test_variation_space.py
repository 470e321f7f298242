"""Counting permitted variations gives the same as enumerating them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyodide_app.engine.model import Layer, Rule, Song, Stem
from stempress.collection.variation_space import VariationSpace, variations_per_stem

if TYPE_CHECKING:
    from collections.abc import Collection

    from hypothesis.strategies import DrawFn


def song_of(
    sizes: list[int],
    rules: list[Rule] | None = None,
    optional: Collection[int] = (),
    **stem: object,
) -> Song:
    """Return a song with layers a, b... of stems 0, 1...; some layers may be left out."""
    layers = tuple(
        Layer(
            chr(97 + index),
            chr(65 + index),
            tuple(Stem(str(n), str(n), **stem) for n in range(size)),  # type: ignore[arg-type]
            Stem("", "", **stem) if index in optional else None,  # type: ignore[arg-type]
        )
        for index, size in enumerate(sizes)
    )
    return Song("s", "S", layers, tuple(rules or ()))


@st.composite
def songs(draw: DrawFn) -> Song:
    """Songs of a few layers, of which some may be left out, with rules between any of them."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=5))
    layer_indices = st.integers(0, len(sizes) - 1)

    def side(low: int) -> dict[str, tuple[str, ...]]:
        layers = draw(st.lists(layer_indices, min_size=low, max_size=2, unique=True))
        return {
            chr(97 + index): tuple(
                draw(st.lists(st.integers(0, sizes[index] - 1).map(str), min_size=1, unique=True))
            )
            for index in layers
        }

    rules = [Rule(side(1), side(0), side(0)) for _ in range(draw(st.integers(0, 4)))]
    return song_of(sizes, rules, draw(st.sets(st.integers(1, 4))))


@given(songs())
def test_the_space_has_exactly_the_permitted_variations(song: Song) -> None:
    listed = [variation.choice for variation in song.variations()]
    space = VariationSpace(song)
    assert space.size == len(listed)
    assert list(space) == listed
    assert [space.nth(index) for index in range(space.size)] == listed
    assert all(choice in space for choice in listed)
    counts = [
        [sum(c[index] == n for c in listed) for n in layer.choices]
        for index, layer in enumerate(song.layers)
    ]
    assert variations_per_stem(song) == counts


@given(songs(), st.data())
def test_a_choice_is_in_the_space_only_if_it_is_permitted(song: Song, data: st.DataObject) -> None:
    choice = tuple(data.draw(st.integers(-1, len(layer.stems))) for layer in song.layers)
    listed = [variation.choice for variation in song.variations()]
    assert (choice in VariationSpace(song)) == (choice in listed)


def test_layers_that_may_be_left_out_are_another_choice_and_come_last() -> None:
    song = song_of([2, 1], [Rule({"a": ("1",)}, require={"b": ("0",)})], optional=[1])
    mixes = [variation.mix_number for variation in song.variations()]
    assert mixes == ["1-1", "1-0", "2-1"]
    assert sorted(song.variations()) == list(song.variations())
    assert song.combinations == 4


def test_a_number_beyond_the_last_is_an_index_error() -> None:
    with pytest.raises(IndexError):
        VariationSpace(song_of([2, 2])).nth(4)


def test_a_chain_of_rules_through_many_layers_is_counted() -> None:
    rules = [Rule({a: ("0",)}, {b: ("0",)}) for a, b in pairwise("abcdefghijkl")]
    # Words of 12 letters out of 10 without two noughts in a row: f(n) = 9 f(n-1) + 9 f(n-2).
    counts = [1, 10]
    while len(counts) < 13:
        counts.append(9 * (counts[-1] + counts[-2]))
    assert VariationSpace(song_of([10] * 12, rules)).size == counts[12]
