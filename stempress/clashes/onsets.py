"""Sharp onsets of a stem: when its hits, plucks and keys begin, to a few milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Mono = NDArray[np.float32]
    type Times = NDArray[np.float32]

STEPS_PER_SECOND = 200
"""Onsets are detected in steps of 5 ms."""
BAND_EDGES = (60, 200, 400, 800, 1600, 3200, 6400, 12000)
"""Hz: bands in which a rise counts, so that a quiet hi-hat is found within a loud chord."""
MIN_RISE_DB = 9.0
"""Sum over the bands of rises within 10 ms, divided by the number of bands; less is no hit."""
FLOOR_DB = 50.0
"""Levels further below the stem's loudest step do not count."""
MIN_GAP_SECONDS = 0.05


class OnsetMeter:
    """Band levels of consecutive blocks in steps, and the onsets in them."""

    def __init__(self, rate: int) -> None:
        """Take the sample rate in Hz."""
        self._rate = rate
        self._hop = rate // STEPS_PER_SECOND
        self._size = 1 << int(np.ceil(np.log2(2 * self._hop)))
        self._window = np.hanning(self._size).astype(np.float32)
        bins = [round(hertz * self._size / rate) for hertz in BAND_EDGES if hertz < rate / 2]
        self._starts = sorted(set(bins))
        self._pending: Mono = np.zeros(self._size // 2, dtype=np.float32)
        self._powers: list[NDArray[np.float32]] = []

    def add(self, mono: Mono) -> None:
        """Measure the next samples."""
        samples = np.concatenate((self._pending, mono))
        count = max(0, (len(samples) - self._size) // self._hop + 1)
        self._pending = samples[count * self._hop :]
        if count:
            view = np.lib.stride_tricks.sliding_window_view(samples, self._size)
            spectra = np.fft.rfft(view[: count * self._hop : self._hop] * self._window)
            powers = np.square(spectra.real) + np.square(spectra.imag)
            self._powers.append(np.add.reduceat(powers, self._starts, axis=1)[:, :-1])

    def times(self) -> Times:
        """Return the times of the onsets in seconds."""
        if not self._powers:
            return np.zeros(0, dtype=np.float32)
        return _peaks(_rises(np.concatenate(self._powers)), self._hop / self._rate)


def _rises(powers: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return by how many dB the bands have risen within two steps, on average."""
    highest = float(powers.max()) or 1.0
    levels = 10 * np.log10(np.maximum(powers / highest, 10 ** (-FLOOR_DB / 10)))
    rises = np.zeros_like(levels)
    rises[2:] = np.maximum(levels[2:] - levels[:-2], 0)
    return np.asarray(rises.mean(axis=1))


def _peaks(rise: NDArray[np.float32], step: float) -> Times:
    """Return the times of the peaks of a curve, given the seconds between its values."""
    padded = np.pad(rise, 1)
    nth = np.flatnonzero((rise >= MIN_RISE_DB) & (rise > padded[:-2]) & (rise >= padded[2:]))
    gap = round(MIN_GAP_SECONDS / step)
    highest = [n for n in nth.tolist() if rise[n] >= rise[max(0, n - gap) : n + gap + 1].max()]
    nth = np.array(highest, dtype=np.int64)
    left, middle, right = padded[nth], padded[nth + 1], padded[nth + 2]
    curvature = left - 2 * middle + right
    shift = np.where(curvature < 0, 0.5 * (left - right) / np.where(curvature < 0, curvature, 1), 0)
    # A rise within two steps is centred between them.
    return np.asarray((nth + shift - 1) * step, dtype=np.float32)
