"""Phase: what two stems lose when they are added, and whether they are the same sound twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stempress.clashes.stem_profile import WAVE_RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stempress.clashes.stem_profile import StemProfile
    from stempress.clashes.timeline import Timeline

MAX_CORRELATION = 0.5
"""Threshold: of the waveforms below 1 kHz, at any delay up to ``MAX_DELAY_SECONDS``."""
MAX_LOSS_DB = 3.0
"""Threshold: what a bar of two stems together has less than the sum of their powers."""
MAX_MONO_LOSS_DB = 6.0
"""Threshold: what a stem's mono sum has less than its channels."""
MAX_DELAY_SECONDS = 0.06
QUIET = 0.05
"""Power of a bar, relative to the loudest one, that does not count (-13 dB)."""
_BLOCK = 2048


@dataclass(frozen=True, slots=True)
class Wave:
    """A stem's waveform below 1 kHz: spectra of blocks, padded to twice their length."""

    samples: NDArray[np.float32]
    spectra: NDArray[np.complex64]
    energy: float


@dataclass(frozen=True, slots=True)
class Phase:
    """What two stems have in common.

    ``correlation``, -1 to 1, is the one furthest from 0, with the second stem ``delay`` seconds
    later than the first. ``loss`` is in dB, of the bar ``section``, where it is highest.
    """

    correlation: float
    delay: float
    loss: float
    section: int


def stem_wave(profile: StemProfile) -> Wave:
    """Return a stem's waveform, prepared for comparisons."""
    wave = profile.wave
    padded = np.pad(wave, (0, -len(wave) % _BLOCK))
    spectra = np.fft.rfft(padded.reshape(-1, _BLOCK), 2 * _BLOCK).astype(np.complex64)
    return Wave(wave, spectra, float(np.square(wave, dtype=np.float64).sum()))


def compare_waves(first: Wave, second: Wave, timeline: Timeline) -> Phase:
    """Return the phase of two stems."""
    energy = np.sqrt(first.energy * second.energy)
    if not energy:
        return Phase(0.0, 0.0, 0.0, 0)
    cross = np.fft.irfft((first.spectra.conj() * second.spectra).sum(axis=0))
    limit = round(MAX_DELAY_SECONDS * WAVE_RATE)
    lags = np.concatenate((cross[-limit:], cross[: limit + 1])) / energy
    best = int(np.abs(lags).argmax())
    loss, section = _loss(first.samples, second.samples, timeline)
    return Phase(float(lags[best]), (best - limit) / WAVE_RATE, loss, section)


def _loss(
    first: NDArray[np.float32], second: NDArray[np.float32], timeline: Timeline
) -> tuple[float, int]:
    """Return the highest loss of a bar in dB, and its index."""
    starts = timeline.starts(len(first), WAVE_RATE)
    squares = np.square(first, dtype=np.float64) + np.square(second, dtype=np.float64)
    powers = np.add.reduceat(squares, starts)
    common = np.add.reduceat(2.0 * first.astype(np.float64) * second, starts)
    ratio = np.maximum(1 + common / np.where(powers > 0, powers, 1), 1e-6)
    losses = np.where(powers > QUIET * powers.max(), -10 * np.log10(ratio), 0)
    worst = int(losses.argmax())
    return float(losses[worst]), worst


def mono_loss(profile: StemProfile) -> float:
    """Return by how many dB the mono sum is below the channels."""
    if profile.channel_power <= 0:
        return 0.0
    return float(-10 * np.log10(max(profile.mono_power / profile.channel_power, 1e-6)))
