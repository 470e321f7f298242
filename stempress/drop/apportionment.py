"""Apportionment of whole numbers in proportion to shares, in exact arithmetic."""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction
from itertools import accumulate
from math import lcm
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stempress.drop.seeded_rng import SeededRandom


def largest_remainder(
    total: int, shares: Sequence[Fraction], limits: Sequence[int] | None = None
) -> list[int]:
    """Split ``total`` in proportion to ``shares`` by the largest remainder method.

    No part exceeds its limit; what does not fit is split among the others, again by their shares.
    ValueError if ``total`` exceeds all limits together.
    """
    limits = _check_limits(total, shares, limits)
    parts = [0] * len(shares)
    remaining = total
    while remaining:
        below_limit = [index for index in range(len(parts)) if parts[index] < limits[index]]
        eligible = [index for index in below_limit if shares[index]] or below_limit
        share_sum = sum(shares[index] for index in eligible)
        exact = {
            index: remaining
            * (shares[index] / share_sum if share_sum else Fraction(1, len(eligible)))
            for index in eligible
        }
        full = [index for index in eligible if parts[index] + exact[index] >= limits[index]]
        if full:
            for index in full:
                remaining -= limits[index] - parts[index]
                parts[index] = limits[index]
            continue
        for index in eligible:
            parts[index] += int(exact[index])
            remaining -= int(exact[index])
        by_remainder = sorted(eligible, key=lambda index: (int(exact[index]) - exact[index], index))
        for index in by_remainder[:remaining]:
            parts[index] += 1
        remaining = 0
    return parts


def draw_counts(
    total: int, shares: Sequence[Fraction], rng: SeededRandom, limits: Sequence[int] | None = None
) -> list[int]:
    """Draw ``total`` times with probabilities ``shares``; return how often each was drawn.

    What has reached its limit is not drawn again.
    """
    limits = _check_limits(total, shares, limits)
    counts = [0] * len(shares)
    eligible: list[int] = []
    for _ in range(total):
        if not eligible or any(counts[index] >= limits[index] for index in eligible):
            eligible = [index for index in range(len(counts)) if counts[index] < limits[index]]
            ends = list(accumulate(_integer_weights([shares[index] for index in eligible])))
        counts[eligible[bisect_right(ends, rng.randbelow(ends[-1]))]] += 1
    return counts


def _check_limits(
    total: int, shares: Sequence[Fraction], limits: Sequence[int] | None
) -> Sequence[int]:
    """Return the limits, ``total`` by default; ValueError if they leave no room for it."""
    limits = [total] * len(shares) if limits is None else limits
    if sum(limits) < total:
        raise ValueError(f"{total} do not fit into {sum(limits)}")
    return limits


def _integer_weights(shares: Sequence[Fraction]) -> list[int]:
    """Return integers in the same proportion, or all 1 if every share is 0."""
    if not any(shares):
        return [1] * len(shares)
    denominator = lcm(*(share.denominator for share in shares))
    return [int(share * denominator) for share in shares]
