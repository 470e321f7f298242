"""How much of a stem is low, middle and high over time, coarsely: what covers are drawn from.

Octaves are told apart by sums and differences of neighbours (Haar's wavelets), for those give the
same bits on every machine, which an FFT does not promise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]

STEPS = 48
TOP = 15
"""Levels are whole numbers up to this one."""
BLOCK = 128  # frames that are taken apart into octaves
OCTAVES_HIGH, OCTAVES_MIDDLE = 3, 3
"""At 48 kHz: high is above 3 kHz, middle above 375 Hz, low what is left."""
TILT = (1.0, 3.0, 8.0)
"""Music has less the higher it is: low, middle and high levels times this look alike."""


class Spectrum:
    """Three bands over time, measured from pieces of sound."""

    def __init__(self, frames: int) -> None:
        """Take the length of the whole, in frames."""
        self._frames = max(frames, 1)
        self._powers = np.zeros((3, STEPS))
        self._rest = np.zeros(0)
        self._at = 0

    def add(self, piece: Planar) -> None:
        """Take the next piece, shape (channels, frames)."""
        sound = np.concatenate((self._rest, piece.sum(axis=0, dtype=np.float64)))
        count = sound.size // BLOCK
        self._rest = sound[count * BLOCK :]
        if count:
            self._add(sound[: count * BLOCK].reshape(count, BLOCK))

    def _add(self, blocks: NDArray[np.float64]) -> None:
        starts = self._at + BLOCK * np.arange(len(blocks))
        steps = np.minimum(starts * STEPS // self._frames, STEPS - 1)
        self._at += BLOCK * len(blocks)
        for octave in range(OCTAVES_HIGH + OCTAVES_MIDDLE):
            even, odd = blocks[:, ::2], blocks[:, 1::2]
            power = ((even - odd) ** 2).sum(axis=1) * 2**octave
            self._powers[2 if octave < OCTAVES_HIGH else 1] += _summed(steps, power)
            blocks = (even + odd) / 2
        power = (blocks**2).sum(axis=1) * 2 ** (octave + 2)
        self._powers[0] += _summed(steps, power)

    @property
    def bands(self) -> tuple[tuple[int, ...], ...]:
        """Low, middle and high: ``STEPS`` levels each, ``TOP`` the highest of them all."""
        levels = np.sqrt(self._powers) * np.array(TILT)[:, None]
        top = float(levels.max()) or 1.0
        return tuple(tuple(round(TOP * float(each) / top) for each in band) for band in levels)


def _summed(steps: NDArray[np.int64], powers: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.bincount(steps, weights=powers, minlength=STEPS).astype(np.float64)
