"""Shares in whole numbers, and chance from a seed."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stempress.drop.apportionment import draw_counts, largest_remainder
from stempress.drop.seeded_rng import SeededRandom

SHARES = st.lists(st.fractions(0, 100, max_denominator=50), min_size=1, max_size=8)


@given(st.integers(0, 5000), SHARES)
def test_parts_sum_to_the_whole_and_lie_within_one_of_their_share(
    total: int, shares: list[Fraction]
) -> None:
    parts = largest_remainder(total, shares)
    assert sum(parts) == total
    if any(shares):
        exact = [share * total / sum(shares) for share in shares]
        assert all(abs(part - each) < 1 for part, each in zip(parts, exact, strict=True))


@given(SHARES, st.data())
def test_no_part_exceeds_its_room(shares: list[Fraction], data: st.DataObject) -> None:
    most = [data.draw(st.integers(0, 40)) for _ in shares]
    total = data.draw(st.integers(0, sum(most)))
    for parts in (
        largest_remainder(total, shares, most),
        draw_counts(total, shares, SeededRandom("x"), most),
    ):
        assert sum(parts) == total
        assert all(0 <= part <= room for part, room in zip(parts, most, strict=True))


def test_what_does_not_fit_is_refused() -> None:
    for split in (
        largest_remainder,
        lambda *given: draw_counts(given[0], given[1], SeededRandom(""), given[2]),
    ):
        with pytest.raises(ValueError, match="5 do not fit into 4"):
            split(5, [Fraction(1), Fraction(1)], [2, 2])


def test_the_remainders_decide_as_parliaments_do() -> None:
    votes = [Fraction(each) for each in (47000, 16000, 15800, 12000, 6100, 3100)]
    assert largest_remainder(10, votes) == [5, 2, 1, 1, 1, 0]


def test_a_seed_rolls_the_same_everywhere() -> None:
    rng = SeededRandom("Night Ferry")
    assert [rng.randbelow(1000) for _ in range(6)] == [998, 532, 470, 550, 953, 424]
    assert SeededRandom("Night Ferry").shuffled("abcdefgh") == list("defbhcag")


def test_every_face_comes_up_alike() -> None:
    rng = SeededRandom("fair")
    counts = Counter(rng.randbelow(6) for _ in range(60_000))
    assert all(9_600 < counts[face] < 10_400 for face in range(6))
    assert SeededRandom("large").randbelow(10**40) > 10**30
