"""Sizes and ranges of numbers, formatted for messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGES_LIMIT = 1_000_000_000
"""The largest site, in bytes, that GitHub Pages publishes."""


def format_size(size: float) -> str:
    """Return a size in bytes as ``1.5 MB`` or ``12 kB``, in powers of 1000 as hosts count."""
    if round(size) < 1e3:
        return f"{size:.0f} {'byte' if round(size) == 1 else 'bytes'}"
    if round(size / 1e3) < 1e3:
        return f"{size / 1e3:.0f} kB"
    if round(size / 1e6, 1) < 1e3:
        return f"{size / 1e6:.1f} MB"
    return f"{size / 1e9:.1f} GB"


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
