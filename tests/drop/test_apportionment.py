"""Apportionment in whole numbers, and seeded random numbers."""

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
def test_parts_sum_to_the_total_and_are_within_one_of_their_share(
    total: int, shares: list[Fraction]
) -> None:
    parts = largest_remainder(total, shares)
    assert sum(parts) == total
    if any(shares):
        exact = [share * total / sum(shares) for share in shares]
        assert all(
            abs(part - share_of_total) < 1
            for part, share_of_total in zip(parts, exact, strict=True)
        )


@given(SHARES, st.data())
def test_no_part_exceeds_its_limit(shares: list[Fraction], data: st.DataObject) -> None:
    limits = [data.draw(st.integers(0, 40)) for _ in shares]
    total = data.draw(st.integers(0, sum(limits)))
    for parts in (
        largest_remainder(total, shares, limits),
        draw_counts(total, shares, SeededRandom("x"), limits),
    ):
        assert sum(parts) == total
        assert all(0 <= part <= limit for part, limit in zip(parts, limits, strict=True))


def test_a_total_above_all_limits_is_rejected() -> None:
    for split in (
        largest_remainder,
        lambda *arguments: draw_counts(arguments[0], arguments[1], SeededRandom(""), arguments[2]),
    ):
        with pytest.raises(ValueError, match="5 do not fit into 4"):
            split(5, [Fraction(1), Fraction(1)], [2, 2])


def test_seats_are_apportioned_by_largest_remainders() -> None:
    votes = [Fraction(count) for count in (47000, 16000, 15800, 12000, 6100, 3100)]
    assert largest_remainder(10, votes) == [5, 2, 1, 1, 1, 0]


def test_a_seed_gives_the_same_numbers_everywhere() -> None:
    rng = SeededRandom("Night Ferry")
    assert [rng.randbelow(1000) for _ in range(6)] == [998, 532, 470, 550, 953, 424]
    assert SeededRandom("Night Ferry").shuffled("abcdefgh") == list("defbhcag")


def test_numbers_are_uniformly_distributed() -> None:
    rng = SeededRandom("fair")
    counts = Counter(rng.randbelow(6) for _ in range(60_000))
    assert all(9_600 < counts[number] < 10_400 for number in range(6))
    assert SeededRandom("large").randbelow(10**40) > 10**30
