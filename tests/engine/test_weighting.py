"""The K-weighting matches the plain recursion that its tables describe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyodide_app.engine.weighting import KWeighting, k_filters

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE = 44100
FRAMES = 3001


def signal() -> NDArray[np.float32]:
    return np.random.default_rng(2).uniform(-1, 1, (2, FRAMES)).astype(np.float32)


def reference_powers() -> NDArray[np.float64]:
    """Return the output of two biquads in a loop, squared and summed over channels."""
    total = np.zeros(FRAMES)
    for channel in signal().astype(np.float64):
        weighted = channel.copy()
        for section in k_filters(RATE):
            x1 = x2 = y1 = y2 = 0.0
            for frame, x in enumerate(weighted.tolist()):
                y = section.b0 * x + section.b1 * x1 + section.b2 * x2
                y -= section.a1 * y1 + section.a2 * y2
                weighted[frame] = y
                x1, x2, y1, y2 = x, x1, y, y1
        total += weighted**2
    return total


REFERENCE = reference_powers()


def test_a_whole_signal_matches_the_plain_recursion() -> None:
    np.testing.assert_allclose(KWeighting(RATE, 2).powers(signal()), REFERENCE, atol=1e-9)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, 700), min_size=1, max_size=9))
def test_blocks_of_any_size_match_the_plain_recursion(sizes: list[int]) -> None:
    weighting, pieces, start = KWeighting(RATE, 2), [], 0
    for size in [*sizes, FRAMES]:
        pieces.append(weighting.powers(signal()[:, start : start + size]))
        start += size
    np.testing.assert_allclose(np.concatenate(pieces), REFERENCE, atol=1e-9)


def test_the_prototypes_match_the_tables_at_48_khz() -> None:
    for table, prototype in zip(k_filters(48000), k_filters(48001), strict=True):
        for name in ("b0", "b1", "b2", "a1", "a2"):
            assert getattr(prototype, name) == pytest.approx(getattr(table, name), abs=1e-4)
