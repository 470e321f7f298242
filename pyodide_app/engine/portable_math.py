"""Bit-exact logarithms and tangent: ``math`` differs in the last bit between platforms."""

from __future__ import annotations

from math import frexp, inf

_LN_2 = 0.6931471805599453
_LN_10 = 2.302585092994046
_ROOT_HALF = 0.7071067811865476


def log10(value: float) -> float:
    """Return the base-10 logarithm of a non-negative number; -inf for 0."""
    if value <= 0:
        return -inf
    exponent, log_mantissa = _split(value)
    return (log_mantissa + exponent * _LN_2) / _LN_10


def log2(value: float) -> float:
    """Return the base-2 logarithm of a positive number; exact for powers of two."""
    exponent, log_mantissa = _split(value)
    return exponent + log_mantissa / _LN_2


def _split(value: float) -> tuple[int, float]:
    """Return the binary exponent and the natural logarithm of the mantissa."""
    mantissa, exponent = frexp(value)
    if mantissa < _ROOT_HALF:
        mantissa, exponent = 2 * mantissa, exponent - 1
    # ln m = 2 artanh s with |s| < 0.1716: the s^23 term is below 2^-60.
    s = (mantissa - 1) / (mantissa + 1)
    total, square = 0.0, s * s
    for odd in range(23, 0, -2):
        total = total * square + 1 / odd
    return exponent, 2 * s * total


def tan(angle: float) -> float:
    """Return the tangent of an angle of 0 to 0.8 radians, from the Taylor series of sin and cos."""
    square = angle * angle
    sine = cosine = 1.0
    for even in range(20, 0, -2):
        sine = 1 - sine * square / (even * (even + 1))
        cosine = 1 - cosine * square / (even * (even - 1))
    return angle * sine / cosine


def to_db(level: float) -> float:
    """Convert a linear level (full scale = 1) to decibels; -inf for 0."""
    return 20 * log10(level)
