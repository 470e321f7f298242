"""Live level metering of the audio that has been played, as opposed to rendered ahead."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from pyodide_app.engine.loudness import LoudnessMeter, TruePeakMeter, sample_peak

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pyodide_app.engine.mix import Mixer

    type Planar = NDArray[np.float32]

MASTER_READINGS = (
    "left",
    "right",
    "gain",
    "true_peak",
    "momentary",
    "short_term",
    "integrated",
    "range",
)
"""Readings of the master: sample peaks, lowest limiter gain, true peak, loudness in LUFS and LU."""

_PEAKS_PER_SECOND = 20
_LOUDNESS_PER_SECOND = 4
_MAX_BLOCKS = 64


class Levels:
    """Meters for the master and the rows, fed with rendered blocks and read as they are played.

    Where a block was rendered again, only the last version counts. At most ``_MAX_BLOCKS`` unread
    blocks are kept; older ones are dropped unmeasured.
    """

    def __init__(self, rate: int) -> None:
        """Take the sample rate in Hz."""
        self._rate = rate
        self._measured_until = 0
        self._blocks: deque[tuple[int, Planar, float]] = deque(maxlen=_MAX_BLOCKS)
        self.reset()

    def reset(self) -> None:
        """Restart all meters."""
        self._loudness, self._true_peak = LoudnessMeter(self._rate), TruePeakMeter()
        self._pending: list[Planar] = []
        self._loudness_readings = self._read_loudness()
        self._readings: list[float] = []

    def add_block(self, frame: int, block: Planar, gain: float) -> None:
        """Add a rendered block with its lowest gain, replacing all blocks from its frame on."""
        while self._blocks and self._blocks[-1][0] >= frame:
            self._blocks.pop()
        if self._blocks:
            start, samples, last_gain = self._blocks.pop()
            self._blocks.append((start, samples[:, : frame - start], last_gain))
        self._blocks.append((frame, block, gain))

    def readings(self, frame: int, mixer: Mixer) -> list[float]:
        """Return the ``MASTER_READINGS`` up to an absolute frame, then each row's sample peak.

        Peaks and gain cover at least the last 50 ms. They are updated 20 times per second of audio,
        loudness and true peak 4 times, however often this is called.
        """
        since = max(self._measured_until, frame - self._rate)
        if not self._readings or frame - since >= self._rate // _PEAKS_PER_SECOND:
            peaks, gain = self._measure(frame)
            rows = mixer.row_peaks(since, max(frame - since, 0))
            self._readings = [*peaks, gain, *self._loudness_readings, *rows]
        return self._readings

    def rebase(self, frame: int) -> None:
        """Measure up to an absolute frame, which becomes the new frame 0."""
        self._measure(frame)
        self._blocks.clear()
        self._measured_until = 0

    def _measure(self, frame: int) -> tuple[list[float], float]:
        """Measure the blocks played up to a frame; return their peaks and lowest gain."""
        self._measured_until = max(self._measured_until, frame)
        peaks, lowest = [0.0, 0.0], 1.0
        for samples, gain in self._take_played(frame):
            lowest = min(lowest, gain)
            peaks = [max(*pair) for pair in zip(peaks, map(sample_peak, samples), strict=True)]
            self._pending.append(samples)
        if sum(block.shape[1] for block in self._pending) >= self._rate // _LOUDNESS_PER_SECOND:
            joined = np.concatenate(self._pending, axis=1)
            self._pending.clear()
            self._loudness.add(joined)
            self._true_peak.add(joined)
            self._loudness_readings = self._read_loudness()
        return peaks, lowest

    def _read_loudness(self) -> list[float]:
        """Return the true peak and the loudness readings."""
        meter = self._loudness
        loudness = meter.momentary, meter.short_term, meter.integrated, meter.range
        return [self._true_peak.true_peak, *loudness]

    def _take_played(self, frame: int) -> Iterator[tuple[Planar, float]]:
        """Yield (samples, gain) up to a frame, removing them from the queue."""
        while self._blocks and self._blocks[0][0] < frame:
            start, samples, gain = self._blocks.popleft()
            if start + samples.shape[1] > frame:
                self._blocks.appendleft((frame, samples[:, frame - start :], gain))
            yield samples[:, : frame - start], gain
