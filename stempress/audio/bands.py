"""Coarse low, middle and high band levels of a stem over time, from which covers are drawn.

Octaves are separated by sums and differences of neighbouring samples (Haar wavelets), because these
give the same bits on every machine, which an FFT does not guarantee.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]

STEPS = 48
TOP = 15
"""Highest level; levels are integers."""
BLOCK = 128  # frames per wavelet transform
OCTAVES_HIGH, OCTAVES_MIDDLE = 3, 3
"""At 48 kHz the high band is above 3 kHz, the middle band above 375 Hz, the low band below."""
TILT = (1.0, 3.0, 8.0)
"""Gains of the low, middle and high band that compensate for the spectral tilt of music."""


class BandMeter:
    """Levels of three bands over consecutive blocks."""

    def __init__(self, frames: int) -> None:
        """Take the total length in frames."""
        self._frames = max(frames, 1)
        self._powers = np.zeros((3, STEPS))
        self._remainder = np.zeros(0)
        self._position = 0

    def add(self, block: Planar) -> None:
        """Measure the next block, shape (channels, frames)."""
        mono = np.concatenate((self._remainder, block.sum(axis=0, dtype=np.float64)))
        count = mono.size // BLOCK
        self._remainder = mono[count * BLOCK :]
        if count:
            self._transform(mono[: count * BLOCK].reshape(count, BLOCK))

    def _transform(self, blocks: NDArray[np.float64]) -> None:
        starts = self._position + BLOCK * np.arange(len(blocks))
        steps = np.minimum(starts * STEPS // self._frames, STEPS - 1)
        self._position += BLOCK * len(blocks)
        for octave in range(OCTAVES_HIGH + OCTAVES_MIDDLE):
            even, odd = blocks[:, ::2], blocks[:, 1::2]
            power = ((even - odd) ** 2).sum(axis=1) * 2**octave
            self._powers[2 if octave < OCTAVES_HIGH else 1] += _sum_by_step(steps, power)
            blocks = (even + odd) / 2
        power = (blocks**2).sum(axis=1) * 2 ** (octave + 2)
        self._powers[0] += _sum_by_step(steps, power)

    @property
    def bands(self) -> tuple[tuple[int, ...], ...]:
        """Low, middle and high band: ``STEPS`` levels each, scaled to a maximum of ``TOP``."""
        levels = np.sqrt(self._powers) * np.array(TILT)[:, None]
        highest = float(levels.max()) or 1.0
        return tuple(
            tuple(round(TOP * float(level) / highest) for level in band) for band in levels
        )


def _sum_by_step(steps: NDArray[np.int64], powers: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.bincount(steps, weights=powers, minlength=STEPS).astype(np.float64)
