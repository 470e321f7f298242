"""Portable logarithms and tangent are as accurate as those of ``math``."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyodide_app.engine import portable_math


@given(st.floats(1e-300, 1e300))
def test_logarithms_match_those_of_math(value: float) -> None:
    assert portable_math.log10(value) == pytest.approx(math.log10(value), rel=1e-14, abs=1e-15)
    assert portable_math.log2(value) == pytest.approx(math.log2(value), rel=1e-14, abs=1e-15)


@given(st.integers(-1000, 1000))
def test_the_binary_logarithm_of_a_power_of_two_is_exact(power: int) -> None:
    assert portable_math.log2(2.0**power) == power


def test_the_logarithm_of_zero_is_minus_infinity() -> None:
    assert portable_math.log10(0) == -math.inf
    assert portable_math.log10(1) == 0


@given(st.floats(0, 0.8))
def test_the_tangent_matches_that_of_math(angle: float) -> None:
    assert portable_math.tan(angle) == pytest.approx(math.tan(angle), rel=1e-14)
