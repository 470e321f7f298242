"""Whole numbers that come as near to shares as they can, in exact arithmetic."""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction
from itertools import accumulate
from math import lcm
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stempress.drop.seeded_rng import Dice


def largest_remainder(
    total: int, shares: Sequence[Fraction], most: Sequence[int] | None = None
) -> list[int]:
    """Split ``total`` by shares: each part rounded down, the rest to the largest remainders.

    No part exceeds ``most``; what does not fit is split among the others, by their shares again.
    ValueError if it does not fit at all.
    """
    room = list(most) if most is not None else [total] * len(shares)
    if sum(room) < total:
        raise ValueError(f"{total} do not fit into {sum(room)}")
    parts = [0] * len(shares)
    left = total
    while left:
        open_places = [at for at in range(len(parts)) if parts[at] < room[at]]
        wanted = [at for at in open_places if shares[at]] or open_places
        sums = sum(shares[at] for at in wanted)
        exact = {
            at: left * (shares[at] / sums if sums else Fraction(1, len(wanted))) for at in wanted
        }
        full = [at for at in wanted if parts[at] + exact[at] >= room[at]]
        if full:
            for at in full:
                left -= room[at] - parts[at]
                parts[at] = room[at]
            continue
        for at in wanted:
            parts[at] += int(exact[at])
            left -= int(exact[at])
        by_remainder = sorted(wanted, key=lambda at: (int(exact[at]) - exact[at], at))
        for at in by_remainder[:left]:
            parts[at] += 1
        left = 0
    return parts


def drawn(
    total: int, shares: Sequence[Fraction], dice: Dice, most: Sequence[int] | None = None
) -> list[int]:
    """Draw ``total`` times by shares; a place that is full is drawn no more."""
    room = list(most) if most is not None else [total] * len(shares)
    if sum(room) < total:
        raise ValueError(f"{total} do not fit into {sum(room)}")
    parts = [0] * len(shares)
    places: list[int] = []
    for _ in range(total):
        if not places or any(parts[at] >= room[at] for at in places):
            places = [at for at in range(len(parts)) if parts[at] < room[at]]
            ends = list(accumulate(_whole([shares[at] for at in places])))
        parts[places[bisect_right(ends, dice.below(ends[-1]))]] += 1
    return parts


def _whole(shares: Sequence[Fraction]) -> list[int]:
    """Return whole numbers in the same proportion; alike where every share is 0."""
    if not any(shares):
        return [1] * len(shares)
    common = lcm(*(share.denominator for share in shares))
    return [int(share * common) for share in shares]
