"""Logarithms, tangent from sums and products alone: those of ``math`` differ between machines."""

from __future__ import annotations

from math import frexp, inf

_LN_2 = 0.6931471805599453
_LN_10 = 2.302585092994046
_ROOT_HALF = 0.7071067811865476


def log10(value: float) -> float:
    """Return the decimal logarithm of a number that is not negative; -inf for 0."""
    if value <= 0:
        return -inf
    exponent, rest = _split(value)
    return (rest + exponent * _LN_2) / _LN_10


def log2(value: float) -> float:
    """Return the binary logarithm of a number above 0; that of a power of two is whole."""
    exponent, rest = _split(value)
    return exponent + rest / _LN_2


def _split(value: float) -> tuple[int, float]:
    """Return a power of two, and the natural logarithm of what a number is beyond it."""
    mantissa, exponent = frexp(value)
    if mantissa < _ROOT_HALF:
        mantissa, exponent = 2 * mantissa, exponent - 1
    # ln m = 2 artanh s with |s| < 0.1716: the term of s^23 is below 2^-60.
    s = (mantissa - 1) / (mantissa + 1)
    total, square = 0.0, s * s
    for odd in range(23, 0, -2):
        total = total * square + 1 / odd
    return exponent, 2 * s * total


def tan(angle: float) -> float:
    """Return the tangent of an angle from 0 to 0.8 radians, from the series of sine and cosine."""
    square = angle * angle
    sine = cosine = 1.0
    for even in range(20, 0, -2):
        sine = 1 - sine * square / (even * (even + 1))
        cosine = 1 - cosine * square / (even * (even - 1))
    return angle * sine / cosine


def to_db(level: float) -> float:
    """Turn a factor of full scale into decibels; -inf for 0."""
    return 20 * log10(level)
