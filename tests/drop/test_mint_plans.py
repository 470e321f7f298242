"""Mint plans for random collections: sizes and supplies are met."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import assume, given
from hypothesis import strategies as st

from pyodide_app.engine.model import LEFT_OUT
from stempress.collection.variation_space import VariationSpace
from stempress.core.errors import SiteError
from stempress.drop.mint_report import stem_report
from stempress.drop.sampler import count_stems
from stempress.drop.seeded_rng import SeededRandom
from stempress.drop.stem_allocation import draw_stems, plan_stems
from stempress.drop.variation_allocation import draw_variations
from tests.collection.test_variation_space import songs

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DrawFn

    from pyodide_app.engine.model import Song, Stem


def restocked(song: Song, slug: str, stock: Callable[[Stem, int], Stem]) -> Song:
    """Return the song with another slug; ``stock(stem, layer index)`` sets supply or weight."""
    layers = tuple(
        replace(
            layer,
            stems=tuple(stock(stem, index) for stem in layer.stems),
            empty=layer.empty and stock(layer.empty, index),
        )
        for index, layer in enumerate(song.layers)
    )
    return replace(song, slug=slug, layers=layers)


@st.composite
def collections(draw: DrawFn) -> list[Song]:
    """Draw up to three songs whose layers have supplies or weights."""

    def stock(exact: list[bool]) -> Callable[[Stem, int], Stem]:
        def restock(stem: Stem, layer: int) -> Stem:
            if exact[layer]:
                return replace(stem, supply=draw(st.integers(1, 9)))
            return replace(stem, weight=draw(st.sampled_from([0.1, 0.5, 1.0, 3.0, 7.5])))

        return restock

    drawn_songs = []
    for slug in draw(st.sampled_from(["a", "ab", "abc"])):
        song = draw(songs())
        exact = draw(st.lists(st.booleans(), min_size=len(song.layers), max_size=len(song.layers)))
        drawn_songs.append(restocked(song, slug, stock(exact)))
    return drawn_songs


@given(collections(), st.integers(0, 60), st.booleans(), st.text())
def test_a_plan_meets_supplies_and_the_size(
    drawn_songs: list[Song],
    extra: int,
    at_random: bool,  # noqa: FBT001 - hypothesis hands it over
    seed: str,
) -> None:
    stems = {
        (s.slug, la.slug, st_.slug): st_ for s in drawn_songs for la in s.layers for st_ in la.stems
    }
    exact = sum(stem.supply or 0 for stem in stems.values())
    weighed = any(stem.supply is None for stem in stems.values())
    size = exact + (extra if weighed else 0)
    plan = plan_stems(drawn_songs, {}, size, SeededRandom(seed) if at_random else None)
    assert sum(plan.values()) == size
    assert all(plan[key] == stem.supply for key, stem in stems.items() if stem.supply is not None)
    drawn = draw_stems(plan, size, SeededRandom(seed))
    assert Counter(drawn) == {key: number for key, number in plan.items() if number}
    assert drawn == draw_stems(plan, size, SeededRandom(seed))
    lines = stem_report(drawn_songs, plan, drawn)
    assert abs(sum(line.deviation for line in lines)) < 1e-6 * (size + 1)
    if not at_random:
        assert all(abs(line.deviation) < 1 for line in lines)


@given(collections(), st.lists(st.integers(1, 30), min_size=1, max_size=4))
def test_minting_in_parts_gives_the_same_counts(drawn_songs: list[Song], parts: list[int]) -> None:
    weights = [
        restocked(s, s.slug, lambda stem, _: replace(stem, supply=None)) for s in drawn_songs
    ]
    whole = plan_stems(weights, {}, sum(parts))
    minted: Counter[tuple[str, str, str]] = Counter()
    for size in parts:
        plan = plan_stems(weights, minted, size)
        assert sum(plan.values()) == size
        minted.update(plan)
    for key, number in whole.items():
        assert abs(minted[key] - number) <= len(parts)


@given(songs(), st.data())
def test_supplies_of_variations_are_met_or_the_plan_is_rejected(
    song: Song, data: st.DataObject
) -> None:
    """The supplies are counts of existing variations, possibly with one increased."""
    space = list(VariationSpace(song))
    assume(space)
    size = data.draw(st.integers(1, len(space)))
    supplies = count_stems(song, data.draw(st.permutations(space))[:size])
    layer_index, stem_index = 0, data.draw(st.integers(0, len(song.layers[0].stems) - 1))
    change = data.draw(st.sampled_from([0, 0, 1, 3]))
    supplies[layer_index][stem_index] += change
    stocked = restocked(
        song,
        "s",
        lambda stem, layer: replace(stem, supply=supplies[layer][int(stem.slug or LEFT_OUT)]),
    )
    try:
        choices, _ = draw_variations(stocked, size, [], set(), SeededRandom("x"))
    except SiteError:
        assert change, "a plan that can be met was refused"
        return
    counts = count_stems(song, choices)
    assert len(set(choices)) == size
    for layer_counts, layer_supplies in zip(counts, supplies, strict=True):
        assert all(
            count <= supply for count, supply in zip(layer_counts, layer_supplies, strict=True)
        )
    if not change:
        assert counts == supplies
