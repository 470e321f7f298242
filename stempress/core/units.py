"""Sizes and lists of numbers as messages show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGES_LIMIT = 1_000_000_000
"""The largest site, in bytes, that GitHub Pages publishes."""


def megabytes(size: float) -> str:
    """Return a size in MB, as hosts count it."""
    return f"{size / 1e6:.1f} MB"


def format_ranges(numbers: Sequence[int]) -> str:
    """Return ascending numbers as ``1-3, 7``."""
    return ", ".join(
        str(low) if low == high else f"{low}-{high}" for low, high in consecutive_runs(numbers)
    )


def consecutive_runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return ascending numbers as the first and last of every unbroken run."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1] = found[-1][0], number
        else:
            found.append((number, number))
    return found
