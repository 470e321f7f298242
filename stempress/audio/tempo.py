"""Tempo detection for songs whose stems are cut to whole bars, as loops are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

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
PRECISION = 0.002
"""Relative precision of a measured tempo: a whole number of bars must fit it as closely."""
NEIGHBOURHOOD = 0.03
"""Tempos, relative to one, among which onsets must repeat best at that one."""
ALMOST_BEST = 0.85
"""Share of the best tempo's score that another must have: counted in half notes, say, it has."""
MIN_RISE = 0.1
"""Rise in power, as log10, that counts as an onset; less (1 dB) occurs within a single tone."""


class Tempo(NamedTuple):
    """Tempo in BPM and number of bars; if neither is certain, the tempos that are possible."""

    bpm: float | None = None
    bars: int | None = None
    candidates: tuple[float, ...] = ()


def measure_tempo(paths: Iterable[Path], beats: int = BEATS_PER_BAR) -> Tempo:
    """Return the tempo of a song, if its stems are cut to a whole number of bars.

    They are not if they begin with silence or end with a tail: then the tempo that fits a whole
    number of bars is not the one at which the onsets repeat.
    """
    curves = [onset_strength(path) for path in paths]
    steps = max(map(len, curves), default=0)
    onsets = np.sum(
        [np.pad(curve / (curve.max() or 1.0), (0, steps - len(curve))) for curve in curves], axis=0
    )
    if steps < 2 * STEPS_PER_SECOND or not onsets.any():
        return Tempo()
    correlation = autocorrelation(onsets)
    tempos: Onsets = np.geomspace(MIN_BPM / 1.1, MAX_BPM * 1.1, 6000).astype(np.float64)
    scores = _repetition(correlation, tempos, beats)
    whole = _whole_bars(correlation, steps / STEPS_PER_SECOND, beats)
    if whole and _fits(whole[0], tempos, scores, steps):
        return Tempo(round(whole[0], 2), whole[1])
    return Tempo(candidates=_octaves(float(tempos[np.argmax(scores)])))


def _fits(bpm: float, tempos: Onsets, scores: Onsets, steps: int) -> bool:
    """Return whether onsets repeat at a tempo, and hardly better at any other."""
    is_near = np.abs(tempos / bpm - 1) < NEIGHBOURHOOD
    best = tempos[is_near][np.argmax(scores[is_near])]
    is_exact = abs(best / bpm - 1) < max(PRECISION, 4 / steps)
    return bool(is_exact and scores[is_near].max() > ALMOST_BEST * scores.max())


def _octaves(bpm: float) -> tuple[float, ...]:
    """Return a tempo, and its half or double where people would count so."""
    rounded = round(bpm) if abs(bpm - round(bpm)) < bpm * PRECISION else round(bpm, 1)
    others = [octave for octave in (rounded * 2, rounded / 2) if MIN_BPM <= octave <= MAX_BPM]
    return (rounded, *others)


def _repetition(correlation: Onsets, tempos: Onsets, beats: int) -> Onsets:
    """Return how well onsets repeat at each tempo, whatever the song's length.

    They should after a beat, two, and one, two and four bars of ``beats``.
    """
    beat = 60 * STEPS_PER_SECOND / tempos
    places = np.arange(len(correlation))
    total, count = np.zeros_like(tempos), np.zeros_like(tempos)
    for repeat in (1, 2, beats, 2 * beats, 4 * beats):
        is_inside = repeat * beat < len(correlation) / 2
        total += np.where(is_inside, np.interp(repeat * beat, places, correlation), 0)
        count += is_inside
    scores: Onsets = total / np.maximum(count, 1)
    return scores


def _whole_bars(correlation: Onsets, seconds: float, beats: int) -> tuple[float, int] | None:
    """Return the tempo and number of bars of a song of whole bars.

    Of the tempos that allow this, it is the one with the strongest autocorrelation at its beats.
    """
    fewest = max(1, int(np.ceil(MIN_BPM * seconds / 60 / beats)))
    candidates = range(fewest, int(MAX_BPM * seconds / 60 / beats) + 1)
    bpm = {bars: 60 * beats * bars / seconds for bars in candidates}
    scored = [(_score(correlation, bpm[bars], beats), bars) for bars in candidates]
    if not scored:
        return None
    best = max(scored)[1]
    return bpm[best], best


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
