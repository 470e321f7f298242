"""The K-weighting, against the plain recursion that its tables describe."""

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


def plain_powers() -> NDArray[np.float64]:
    """Return what two biquads in a loop give, squared and summed."""
    total = np.zeros(FRAMES)
    for channel in signal().astype(np.float64):
        weighted = channel.copy()
        for section in k_filters(RATE):
            x1 = x2 = y1 = y2 = 0.0
            for at, x in enumerate(weighted.tolist()):
                y = section.b0 * x + section.b1 * x1 + section.b2 * x2
                y -= section.a1 * y1 + section.a2 * y2
                weighted[at] = y
                x1, x2, y1, y2 = x, x1, y, y1
        total += weighted**2
    return total


PLAIN = plain_powers()


def test_all_at_once_equals_the_plain_recursion() -> None:
    np.testing.assert_allclose(KWeighting(RATE, 2).powers(signal()), PLAIN, atol=1e-9)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, 700), min_size=1, max_size=9))
def test_so_do_pieces_of_any_size(sizes: list[int]) -> None:
    weighting, pieces, at = KWeighting(RATE, 2), [], 0
    for size in [*sizes, FRAMES]:
        pieces.append(weighting.powers(signal()[:, at : at + size]))
        at += size
    np.testing.assert_allclose(np.concatenate(pieces), PLAIN, atol=1e-9)


def test_the_prototypes_are_the_tables_at_48_khz() -> None:
    for table, prototype in zip(k_filters(48000), k_filters(48001), strict=True):
        for name in ("b0", "b1", "b2", "a1", "a2"):
            assert getattr(prototype, name) == pytest.approx(getattr(table, name), abs=1e-4)
