"""Pitch classes and critical bands of a stem over time, from one short-time Fourier transform.

Critical bands have the power of both channels, since what cancels in mono is heard in stereo.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]
    type Spectra = NDArray[np.float64]

SIZE_SECONDS = 0.17
"""Length of a frame: 8192 samples at 48 kHz, so that semitones above 100 Hz are resolved."""
BINS_PER_SEMITONE = 3
PITCH_BINS = 12 * BINS_PER_SEMITONE
PITCH_RANGE = (55.0, 2200.0)
"""Hz; above are mostly overtones that belong to other pitch classes."""
REFERENCE_HZ = 261.6255653
"""C4: pitch class 0."""
BARK_EDGES = (
    20, 100, 200, 300, 400, 510, 630, 770, 920, 1080, 1270, 1480, 1720, 2000, 2320, 2700, 3150,
    3700, 4400, 5300, 6400, 7700, 9500, 12000, 15500,
)  # fmt: skip
"""Edges of the critical bands in Hz (Zwicker, 1961)."""
BARK_BANDS = len(BARK_EDGES) - 1
MIN_PEAK = 1e-3
"""Power of a partial, relative to the strongest of its frame: 30 dB below."""


class SpectrumMeter:
    """Chroma and Bark spectra of consecutive blocks."""

    def __init__(self, rate: int) -> None:
        """Take the sample rate in Hz."""
        self._rate = rate
        self.size = 1 << round(np.log2(SIZE_SECONDS * rate))
        self.hop = self.size // 2
        self._window = np.hanning(self.size).astype(np.float32)
        self._scale = 2 / (self.size * float(np.square(self._window).sum()))
        self._pending = np.zeros((1, self.size // 2), dtype=np.float32)
        self._previous: Spectra | None = None
        self.chroma: list[Spectra] = []
        self.bark: list[Spectra] = []

    def add(self, block: Planar) -> None:
        """Analyse the next samples, shape (channels, frames)."""
        pending = np.broadcast_to(self._pending, (len(block), self._pending.shape[1]))
        samples = np.concatenate((pending, block), axis=1)
        count = max(0, (samples.shape[1] - self.size) // self.hop + 1)
        self._pending = samples[:, count * self.hop :]
        if count:
            view = np.lib.stride_tricks.sliding_window_view(samples, self.size, axis=1)
            channels = [np.fft.rfft(frames[:: self.hop] * self._window) for frames in view]
            powers = np.mean([np.square(np.abs(spectra)) for spectra in channels], axis=0)
            powers *= self._scale
            self.bark.extend(np.add.reduceat(powers, self._bark_starts, axis=1)[:, :BARK_BANDS])
            self._add_chroma(np.square(np.abs(np.mean(channels, axis=0))) * self._scale)

    def _add_chroma(self, powers: Spectra) -> None:
        """Add the pitch classes of partials that sound in two frames one after the other."""
        low, high = self._pitch_bins
        part = powers[:, low - 1 : high + 1]
        before = part[:1] * 0 if self._previous is None else self._previous
        sustained = np.minimum(part, np.concatenate((before, part[:-1])))
        self._previous = part[-1:]
        middle, left, right = sustained[:, 1:-1], sustained[:, :-2], sustained[:, 2:]
        strongest = middle.max(axis=1, keepdims=True)
        is_peak = (middle > left) & (middle >= right) & (middle > MIN_PEAK * strongest)
        frame, nth = np.nonzero(is_peak)
        logs = [np.log(side[frame, nth] + 1e-20) for side in (left, middle, right)]
        curvature = logs[0] - 2 * logs[1] + logs[2]
        shift = 0.5 * (logs[0] - logs[2]) / np.where(curvature < 0, curvature, -1)
        hertz = (low + nth + np.clip(shift, -0.5, 0.5)) * self._rate / self.size
        pitch = 12 * BINS_PER_SEMITONE * np.log2(hertz / REFERENCE_HZ)
        index = np.mod(np.rint(pitch).astype(int), PITCH_BINS)
        weights = middle[frame, nth]
        flat = np.bincount(
            frame * PITCH_BINS + index, weights=weights, minlength=len(powers) * PITCH_BINS
        )
        self.chroma.extend(flat.reshape(len(powers), PITCH_BINS))

    @cached_property
    def _pitch_bins(self) -> tuple[int, int]:
        low, high = (round(hertz * self.size / self._rate) for hertz in PITCH_RANGE)
        return max(low, 1), min(high, self.size // 2 - 1)

    @cached_property
    def _bark_starts(self) -> NDArray[np.int64]:
        starts = np.rint(np.array(BARK_EDGES) * self.size / self._rate).astype(np.int64)
        return np.asarray(np.minimum(starts, self.size // 2))
