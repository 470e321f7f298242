"""Stem measurement in one pass: format, levels, loudness and curves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pyodide_app.engine.loudness import CONTEXT_AFTER, LoudnessMeter, TruePeakMeter
from stempress.audio.bands import BandMeter
from stempress.audio.copied_blocks import copied_blocks
from stempress.audio.decode import UnreadableError, open_source
from stempress.audio.envelope import WaveformMeter
from stempress.audio.facts import Curves, Facts
from stempress.audio.loudness_steps import spans

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from stempress.audio.decode import Source

    type Planar = NDArray[np.float32]

SILENCE = 1e-4  # -80 dBFS
SILENT = "it is silent"
MIN_LUFS = -120.0
FULL_SCALE = np.float32(32767 / 32768)
MIN_CLIPPED_RUN = 3


def measure_file(path: Path, digest: str, copy: Path | None = None) -> Facts | str:
    """Return a file's facts, or the reason why it cannot be used.

    ``copy`` is where to write what is decoded.
    """
    try:
        facts = measure(open_source(path), digest, copy)
    except UnreadableError as error:
        return str(error)
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    return SILENT if facts.peak < SILENCE else facts


def measure(source: Source, digest: str, copy: Path | None = None) -> Facts:
    """Measure an audio file, holding only a few seconds of it in memory."""
    meter = StemMeter(source)
    blocks = copied_blocks(source, copy) if copy else source.blocks()
    for span in spans(blocks, source.rate):
        meter.add(span)
    return meter.facts(digest)


class StemMeter:
    """All measurements of a stem, fed block by block."""

    def __init__(self, source: Source) -> None:
        """Take the source, whose samples are then passed to ``add``."""
        self._source = source
        self._waveform = WaveformMeter(source.frames)
        self._bands = BandMeter(source.frames)
        self._loudness = LoudnessMeter(source.rate, source.channels)
        self._true_peak = TruePeakMeter(source.channels)
        self._sums = np.zeros(source.channels)
        self._peaks = np.zeros(source.channels)
        self._clipped_runs = self._frames = 0
        self._lead_in: int | None = None

    def add(self, span: Planar) -> None:
        """Measure the next block, shape (channels, frames)."""
        self._waveform.add(span)
        self._bands.add(span)
        self._loudness.add(span)
        self._true_peak.add(span)
        self._sums += span.sum(axis=1, dtype=np.float64)
        levels = np.abs(span)
        self._peaks = np.maximum(self._peaks, levels.max(axis=1))
        self._clipped_runs += count_clipped_runs(levels)
        if self._lead_in is None:
            audible = np.flatnonzero((levels >= SILENCE).any(axis=0))
            self._lead_in = self._frames + int(audible[0]) if audible.size else None
        self._frames += span.shape[1]

    def facts(self, digest: str) -> Facts:
        """Return the results."""
        self._true_peak.add(np.zeros((self._source.channels, CONTEXT_AFTER), dtype=np.float32))
        loudness = self._loudness.integrated
        return Facts(
            digest=digest,
            frames=self._frames,
            rate=self._source.rate,
            channels=self._source.channels,
            bits=self._source.bits,
            peak=float(self._peaks.max()),
            true_peak=round(self._true_peak.true_peak, 6),
            loudness=round(max(loudness, MIN_LUFS), 2),
            clipped_runs=self._clipped_runs,
            dc_offset=round(float(np.abs(self._sums).max()) / self._frames, 6),
            lead_in=self._frames if self._lead_in is None else self._lead_in,
            silent_channel=_silent_channel(self._peaks),
            packed_curves=self._curves.pack(),
        )

    @property
    def _curves(self) -> Curves:
        bins = tuple((round(low, 4), round(high, 4)) for low, high in self._waveform.bins)
        return Curves(bins, self._waveform.envelope, self._bands.bands)


def count_clipped_runs(levels: Planar) -> int:
    """Count runs of at least ``MIN_CLIPPED_RUN`` full-scale magnitudes in each channel."""
    clipped = levels >= FULL_SCALE
    if not clipped.any():
        return 0
    runs = clipped[:, :-2] & clipped[:, 1:-1] & clipped[:, 2:]
    return int(runs[:, :1].sum() + (runs[:, 1:] & ~runs[:, :-1]).sum())


def _silent_channel(peaks: NDArray[np.float64]) -> str:
    if len(peaks) == 1 or peaks.min() >= SILENCE:
        return ""
    return "left" if peaks[0] < SILENCE else "right"
