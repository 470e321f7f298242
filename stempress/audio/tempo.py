"""Tempo detection for songs whose stems are cut to whole bars, as loops are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stempress.audio.decode import open_source

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    type Onsets = NDArray[np.float64]
    """Rise in level at each step, never negative."""

STEPS_PER_SECOND = 100
MIN_BPM, MAX_BPM = 60.0, 190.0
PREFERRED_BPM, SPREAD = 100.0, 0.6
"""Centre and standard deviation (in octaves) of the tempos at which people tap."""
BEATS_PER_BAR = 4
"""Default metre."""
MIN_RISE = 0.1
"""Rise in power, as log10, that counts as an onset; less (1 dB) occurs within a single tone."""


def detect_tempo(paths: Iterable[Path], beats: int = BEATS_PER_BAR) -> tuple[float, int] | None:
    """Return the tempo in BPM and the number of bars; None if there are no onsets.

    Assumes a whole number of bars of ``beats`` beats. Of the tempos that allow this, the one with
    the strongest autocorrelation of onsets at its beats is chosen.
    """
    curves = [onset_strength(path) for path in paths]
    steps = min(map(len, curves), default=0)
    onsets = np.sum([curve[:steps] / (curve.max() or 1.0) for curve in curves], axis=0)
    if steps < 2 * STEPS_PER_SECOND or not onsets.any():
        return None
    correlation = autocorrelation(onsets)
    seconds = steps / STEPS_PER_SECOND
    fewest = max(1, int(np.ceil(MIN_BPM * seconds / 60 / beats)))
    candidates = range(fewest, int(MAX_BPM * seconds / 60 / beats) + 1)
    bpm = {bars: 60 * beats * bars / seconds for bars in candidates}
    scored = [(_score(correlation, bpm[bars], beats), bars) for bars in candidates]
    if not scored:
        return None
    best = max(scored)[1]
    return round(bpm[best], 2), best


def onset_strength(path: Path) -> Onsets:
    """Return the onset strength of an audio file at each step."""
    source = open_source(path)
    size = source.rate // STEPS_PER_SECOND
    remainder = np.zeros(0)
    powers = []
    for block in source.blocks():
        mono = np.concatenate([remainder, block.mean(axis=0, dtype=np.float64)])
        end = len(mono) // size * size
        powers.append(np.square(mono[:end]).reshape(-1, size).mean(axis=1))
        remainder = mono[end:]
    levels = np.log10(np.concatenate(powers) + 1e-6)
    rises: Onsets = np.diff(levels, prepend=levels[:1])
    return np.where(rises > MIN_RISE, rises, 0.0)


def autocorrelation(onsets: Onsets) -> Onsets:
    """Return the circular autocorrelation by lag in steps, normalised to 1 at lag 0."""
    centred = onsets - onsets.mean()
    spectrum = np.fft.rfft(centred)
    correlation: Onsets = np.fft.irfft(np.abs(spectrum) ** 2, len(onsets))
    return np.divide(correlation, correlation[0] or 1.0)


def _score(correlation: Onsets, bpm: float, beats: int) -> float:
    """Return how well a tempo fits: correlation at lags of half a beat, one, two and a bar."""
    beat = 60 * STEPS_PER_SECOND / bpm
    lags = np.array([0.5, 1.0, 2.0, beats]) * beat
    at_lags = np.interp(lags % len(correlation), np.arange(len(correlation)), correlation)
    preference = np.exp(-0.5 * (np.log2(bpm / PREFERRED_BPM) / SPREAD) ** 2)
    return float(preference * (at_lags @ np.array([0.5, 1.0, 1.0, 1.0]) + 0.1))
