"""Levels while it plays: of what has really been heard, not of what was rendered."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from pyodide_app.engine.loudness import LoudnessMeter, PeakMeter, peak

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pyodide_app.engine.mix import Mixer

    type Planar = NDArray[np.float32]

FIGURES = (
    "left",
    "right",
    "gain",
    "true_peak",
    "momentary",
    "short_term",
    "integrated",
    "range",
)
"""Of the master: sample peaks, the limiter's lowest gain, true peak, then loudness in LUFS."""

_PEAKS_PER_SECOND = 20
_LOUDNESS_PER_SECOND = 10
_KEPT_BLOCKS = 64


class Levels:
    """Measures what is really played: of blocks that are rendered again, the last.

    What has been waiting for more than ``_KEPT_BLOCKS`` blocks is forgotten.
    """

    def __init__(self, rate: int) -> None:
        """Take the sample rate in Hz."""
        self._rate = rate
        self._heard = 0
        self._blocks: deque[tuple[int, Planar, float]] = deque(maxlen=_KEPT_BLOCKS)
        self.reset()

    def reset(self) -> None:
        """Begin anew, with what is heard next."""
        self._loudness, self._true_peak = LoudnessMeter(self._rate), PeakMeter()
        self._waiting: list[Planar] = []
        self._loud = self._figures()
        self._told: list[float] = []

    def keep(self, frame: int, block: Planar, gain: float) -> None:
        """Take a block that will be played unless another one for the same frames comes."""
        while self._blocks and self._blocks[-1][0] >= frame:
            self._blocks.pop()
        if self._blocks:
            start, samples, its_gain = self._blocks.pop()
            self._blocks.append((start, samples[:, : frame - start], its_gain))
        self._blocks.append((frame, block, gain))

    def tell(self, frame: int, mixer: Mixer) -> list[float]:
        """Return the ``FIGURES`` up to an absolute frame, then the peaks of the mixer's rows.

        Peaks and gain are those of the last 50 ms or more; they change 20 times in a second of
        sound, loudness and true peak 10 times, however often one asks.
        """
        since = max(self._heard, frame - self._rate)
        if not self._told or frame - since >= self._rate // _PEAKS_PER_SECOND:
            peaks, gain = self._hear(frame)
            rows = mixer.row_peaks(since, max(frame - since, 0))
            self._told = [*peaks, gain, *self._loud, *rows]
        return self._told

    def settle(self, at: int) -> None:
        """Frame ``at`` is where playing ends; frames are counted from 0 again."""
        self._hear(at)
        self._blocks.clear()
        self._heard = 0

    def _hear(self, frame: int) -> tuple[list[float], float]:
        """Measure what has been played up to a frame; return its peaks and the lowest gain."""
        self._heard = max(self._heard, frame)
        peaks, lowest = [0.0, 0.0], 1.0
        for samples, gain in self._until(frame):
            lowest = min(lowest, gain)
            peaks = [max(*each) for each in zip(peaks, map(peak, samples), strict=True)]
            self._waiting.append(samples)
        if sum(each.shape[1] for each in self._waiting) >= self._rate // _LOUDNESS_PER_SECOND:
            together = np.concatenate(self._waiting, axis=1)
            self._waiting.clear()
            self._loudness.add(together)
            self._true_peak.add(together)
            self._loud = self._figures()
        return peaks, lowest

    def _figures(self) -> list[float]:
        """Return true peak and loudness, the rest of the ``FIGURES``."""
        of = self._loudness
        return [self._true_peak.true_peak, of.momentary, of.short_term, of.integrated, of.range]

    def _until(self, frame: int) -> Iterator[tuple[Planar, float]]:
        while self._blocks and self._blocks[0][0] < frame:
            start, samples, gain = self._blocks.popleft()
            if start + samples.shape[1] > frame:
                self._blocks.appendleft((frame, samples[:, frame - start :], gain))
            yield samples[:, : frame - start], gain
