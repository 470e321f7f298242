"""Levels while it plays: of what has really been heard, not of what was rendered."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from pyodide_app.engine.loudness import LoudnessMeter, PeakMeter, peak

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

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
"""What ``take`` returns: sample peaks, the limiter's lowest gain, true peak, loudness in LUFS."""

_KEPT_BLOCKS = 64


class Levels:
    """Measures what is really played: of blocks that are rendered again, the last.

    ``heard`` is the first frame that has not been measured. What has been waiting for more than
    ``_KEPT_BLOCKS`` blocks is forgotten.
    """

    def __init__(self, rate: int) -> None:
        """Take the sample rate in Hz."""
        self.heard = 0
        self._rate = rate
        self._blocks: deque[tuple[int, Planar, float]] = deque(maxlen=_KEPT_BLOCKS)
        self.reset()

    def reset(self) -> None:
        """Begin anew, with what is heard next."""
        self._loudness = LoudnessMeter(self._rate)
        self._true_peak = PeakMeter()
        self._start_peaks()

    def keep(self, frame: int, block: Planar, gain: float) -> None:
        """Take a block that will be played unless another one for the same frames comes."""
        while self._blocks and self._blocks[-1][0] >= frame:
            self._blocks.pop()
        if self._blocks:
            start, samples, its_gain = self._blocks.pop()
            self._blocks.append((start, samples[:, : frame - start], its_gain))
        self._blocks.append((frame, block, gain))

    def hear(self, frame: int) -> None:
        """Measure what has been played up to an absolute frame."""
        played = list(self._until(frame))
        self.heard = max(self.heard, frame)
        if played:
            samples = np.concatenate(played, axis=1)
            self._loudness.add(samples)
            self._true_peak.add(samples)
            for channel, signal in enumerate(samples):
                self._peaks[channel] = max(self._peaks[channel], peak(signal))

    def take(self) -> list[float]:
        """Return the ``FIGURES``; peaks and gain begin anew."""
        loudness = self._loudness
        figures = [
            *self._peaks,
            self._gain,
            self._true_peak.true_peak,
            loudness.momentary,
            loudness.short_term,
            loudness.integrated,
            loudness.range,
        ]
        self._start_peaks()
        return figures

    def settle(self, at: int) -> None:
        """Frame ``at`` is where playing ends; frames are counted from 0 again."""
        self.hear(at)
        self._blocks.clear()
        self.heard = 0

    def _start_peaks(self) -> None:
        self._peaks, self._gain = [0.0, 0.0], 1.0

    def _until(self, frame: int) -> Iterator[Planar]:
        while self._blocks and self._blocks[0][0] < frame:
            start, samples, gain = self._blocks.popleft()
            if start + samples.shape[1] > frame:
                self._blocks.appendleft((frame, samples[:, frame - start :], gain))
            self._gain = min(self._gain, gain)
            yield samples[:, : frame - start]
