"""How fast a song is, measured from its stems, if they are cut on bars as loops are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stempress.audio.decode import open_source

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    type Onsets = NDArray[np.float64]
    """How much louder every step is than the one before it, never below 0."""

STEPS = 100
"""Steps in a second."""
SLOWEST, FASTEST = 60.0, 190.0
USUAL, SPREAD = 100.0, 0.6
"""Where people tap their feet: beats a minute, and octaves around it (a normal distribution)."""
BEATS = 4
"""Beats that a bar has unless somebody says otherwise."""
LEAST_RISE = 0.1
"""In powers of ten: what is less, 1 dB, happens within one tone."""


def tempo(paths: Iterable[Path], beats: int = BEATS) -> tuple[float, int] | None:
    """Return beats a minute and the number of bars; None where nothing begins anywhere.

    The length is a whole number of bars of so many beats: of the tempos that make it so, the one
    at whose beats the music repeats best.
    """
    curves = [onsets(path) for path in paths]
    steps = min(map(len, curves), default=0)
    total = np.sum([curve[:steps] / (curve.max() or 1.0) for curve in curves], axis=0)
    if steps < 2 * STEPS or not total.any():
        return None
    alike = repetition(total)
    seconds = steps / STEPS
    lowest = max(1, int(np.ceil(SLOWEST * seconds / 60 / beats)))
    bars = range(lowest, int(FASTEST * seconds / 60 / beats) + 1)
    scored = [(_score(alike, 60 * beats * each / seconds, beats), each) for each in bars]
    if not scored:
        return None
    best = max(scored)[1]
    return round(60 * beats * best / seconds, 2), best


def onsets(path: Path) -> Onsets:
    """Return where sound begins in a file."""
    source = open_source(path)
    size = source.rate // STEPS
    left = np.zeros(0)
    powers = []
    for piece in source.pieces():
        mono = np.concatenate([left, piece.mean(axis=0, dtype=np.float64)])
        whole = len(mono) // size * size
        powers.append(np.square(mono[:whole]).reshape(-1, size).mean(axis=1))
        left = mono[whole:]
    levels = np.log10(np.concatenate(powers) + 1e-6)
    rises: Onsets = np.diff(levels, prepend=levels[:1])
    return np.where(rises > LEAST_RISE, rises, 0.0)


def repetition(total: Onsets) -> Onsets:
    """Return how alike a curve is to itself, by the steps that it is moved round; 1 at 0."""
    centred = total - total.mean()
    spectrum = np.fft.rfft(centred)
    found: Onsets = np.fft.irfft(np.abs(spectrum) ** 2, len(total))
    return np.divide(found, found[0] or 1.0)


def _score(alike: Onsets, bpm: float, beats: int) -> float:
    """Return how well a tempo fits: repetition after half a beat, one, two and a bar."""
    beat = 60 * STEPS / bpm
    at = np.array([0.5, 1.0, 2.0, beats]) * beat
    found = np.interp(at % len(alike), np.arange(len(alike)), alike)
    usual = np.exp(-0.5 * (np.log2(bpm / USUAL) / SPREAD) ** 2)
    return float(usual * (found @ np.array([0.5, 1.0, 1.0, 1.0]) + 0.1))
