"""Sizes and ranges of numbers, formatted for messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGES_LIMIT = 1_000_000_000
"""The largest site, in bytes, that GitHub Pages publishes."""


def megabytes(size: float) -> str:
    """Return a size in bytes as ``1.5 MB``, a megabyte being 1,000,000 bytes as hosts count."""
    return f"{size / 1e6:.1f} MB"


def format_ranges(numbers: Sequence[int]) -> str:
    """Return ascending numbers as ranges: ``1-3, 7``."""
    return ", ".join(
        str(low) if low == high else f"{low}-{high}" for low, high in consecutive_runs(numbers)
    )


def consecutive_runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return the first and last number of every run of consecutive numbers."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = runs[-1][0], number
        else:
            runs.append((number, number))
    return runs
