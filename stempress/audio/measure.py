"""Measures a stem: format, level, loudness, waveform."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pyodide_app.engine.loudness import CONTEXT_AFTER, LoudnessMeter, TruePeakMeter
from stempress.audio.bands import Spectrum
from stempress.audio.decode import UnreadableError, open_source
from stempress.audio.envelope import Outline
from stempress.audio.facts import Course, Facts
from stempress.audio.loudness_steps import spans

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from stempress.audio.decode import Source

    type Planar = NDArray[np.float32]

SILENCE = 1e-4  # -80 dBFS
QUIETEST_LUFS = -120.0
FULL_SCALE = np.float32(32767 / 32768)
CLIPPED_RUN = 3


def measured(path: Path, digest: str) -> Facts | str:
    """Return a file's facts, or why it cannot be used."""
    try:
        facts = measure(open_source(path), digest)
    except UnreadableError as error:
        return str(error)
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    return "it is silent" if facts.peak < SILENCE else facts


def measure(source: Source, digest: str) -> Facts:
    """Return what is known of a sound file, holding no more than a few seconds of it."""
    meter = Meter(source)
    for span in spans(source.pieces(), source.rate):
        meter.add(span)
    return meter.facts(digest)


class Meter:
    """Everything that is measured, in one pass."""

    def __init__(self, source: Source) -> None:
        """Take what is measured; its sound comes in spans."""
        self._source = source
        self._outline = Outline(source.frames)
        self._spectrum = Spectrum(source.frames)
        self._loudness = LoudnessMeter(source.rate, source.channels)
        self._true_peak = TruePeakMeter(source.channels)
        self._sums = np.zeros(source.channels)
        self._peaks = np.zeros(source.channels)
        self._clipped = self._frames = 0
        self._lead: int | None = None

    def add(self, span: Planar) -> None:
        """Take the next stretch, shape (channels, frames)."""
        self._outline.add(span)
        self._spectrum.add(span)
        self._loudness.add(span)
        self._true_peak.add(span)
        self._sums += span.sum(axis=1, dtype=np.float64)
        levels = np.abs(span)
        self._peaks = np.maximum(self._peaks, levels.max(axis=1))
        self._clipped += clipped_runs(levels)
        if self._lead is None:
            heard = np.flatnonzero((levels >= SILENCE).any(axis=0))
            self._lead = self._frames + int(heard[0]) if heard.size else None
        self._frames += span.shape[1]

    def facts(self, digest: str) -> Facts:
        """Return the sum of it."""
        self._true_peak.add(np.zeros((self._source.channels, CONTEXT_AFTER), dtype=np.float32))
        level = self._loudness.integrated
        return Facts(
            digest=digest,
            frames=self._frames,
            rate=self._source.rate,
            channels=self._source.channels,
            bits=self._source.bits,
            peak=float(self._peaks.max()),
            true_peak=round(self._true_peak.true_peak, 6),
            loudness=round(max(level, QUIETEST_LUFS), 2),
            clipped=self._clipped,
            offset=round(float(np.abs(self._sums).max()) / self._frames, 6),
            lead=self._frames if self._lead is None else self._lead,
            dead=_dead(self._peaks),
            packed=self._course.packed(),
        )

    @property
    def _course(self) -> Course:
        bins = tuple((round(low, 4), round(high, 4)) for low, high in self._outline.bins)
        return Course(bins, self._outline.envelope, self._spectrum.bands)


def clipped_runs(levels: Planar) -> int:
    """Count the runs of ``CLIPPED_RUN`` and more magnitudes at full scale, channel by channel."""
    full = levels >= FULL_SCALE
    if not full.any():
        return 0
    runs = full[:, :-2] & full[:, 1:-1] & full[:, 2:]
    return int(runs[:, :1].sum() + (runs[:, 1:] & ~runs[:, :-1]).sum())


def _dead(peaks: NDArray[np.float64]) -> str:
    if len(peaks) == 1 or peaks.min() >= SILENCE:
        return ""
    return "left" if peaks[0] < SILENCE else "right"
