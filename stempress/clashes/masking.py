"""Masking: how much of a stem is inaudible beside another, in critical bands over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stempress.clashes.spectrum import BARK_BANDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stempress.clashes.stem_profile import StemProfile
    from stempress.clashes.timeline import Timeline

    type Powers = NDArray[np.float64]

FRAME_SECONDS = 0.2
"""About how long the ear integrates loudness."""
LOWER_SLOPE_DB, UPPER_SLOPE_DB = 27.0, 12.0
"""Slopes of masking, per Bark, below and above the masker's band (Zwicker and Fastl, 6.2)."""
THRESHOLD_DB = 4.0
"""How far below the masker's excitation a sound is inaudible, between those of tones and noise."""
LOUDNESS_EXPONENT = 0.3
"""Loudness as a power of intensity (Stevens)."""
INAUDIBLE = 1e-5
"""Power, relative to the stem's highest, that does not count (-50 dB)."""
MAX_MASKED = 0.65
"""Threshold: the share of a stem's loudness that another masks."""
MAX_OVERLAP = 0.85
"""Threshold: the share of energy of two stems that coincides in time and band."""


@dataclass(frozen=True, slots=True)
class Bands:
    """Power in critical bands by frame, shape (frames, 24), and the excitation it causes.

    ``loudness`` is the weight of each of them, ``seconds`` the length of a frame.
    """

    powers: Powers
    excitation: Powers
    loudness: Powers
    seconds: float


@dataclass(frozen=True, slots=True)
class Masking:
    """``masked`` is the share of the first stem that the second masks, ``masking`` the reverse.

    ``overlap`` is the share of their energy in the same bands at the same time. ``section`` is the
    bar in which most is masked.
    """

    masked: float
    masking: float
    overlap: float
    section: int


def _spreading() -> Powers:
    bands = np.arange(BARK_BANDS)
    distance = bands[None] - bands[:, None]
    decibels = np.where(distance > 0, -UPPER_SLOPE_DB * distance, LOWER_SLOPE_DB * distance)
    return np.asarray(10 ** (decibels / 10))


_SPREADING = _spreading()
"""Excitation in each band (column) by power in each band (row)."""


def stem_bands(profile: StemProfile) -> Bands:
    """Return the critical bands of a stem in frames of about ``FRAME_SECONDS``."""
    each = max(1, round(FRAME_SECONDS / profile.frame_seconds))
    count = max(1, len(profile.bark) // each)
    powers = np.zeros((count * each, BARK_BANDS))
    powers[: len(profile.bark)] = profile.bark[: count * each]
    powers = powers.reshape(count, each, BARK_BANDS).mean(axis=1)
    audible = powers > INAUDIBLE * powers.max(initial=0)
    loudness = np.where(audible, powers**LOUDNESS_EXPONENT, 0)
    return Bands(powers, powers @ _SPREADING, loudness, each * profile.frame_seconds)


def compare_bands(first: Bands, second: Bands, timeline: Timeline) -> Masking:
    """Return how far two stems mask each other."""
    count = min(len(first.powers), len(second.powers))
    masked, first_lost = _masked(first, second, count)
    masking, second_lost = _masked(second, first, count)
    lost = first_lost if masked >= masking else second_lost
    sections = timeline.section_of(np.arange(count) * first.seconds)
    energy = float(first.powers.sum() * second.powers.sum())
    common = float(np.sqrt(first.powers[:count] * second.powers[:count]).sum())
    return Masking(
        masked,
        masking,
        common / np.sqrt(energy) if energy else 0.0,
        int(np.bincount(sections, weights=lost).argmax()) if count else 0,
    )


def _masked(stem: Bands, masker: Bands, count: int) -> tuple[float, NDArray[np.float64]]:
    """Return the share of a stem's loudness that is masked, and the masked loudness by frame."""
    threshold = masker.excitation[:count] * 10 ** (-THRESHOLD_DB / 10)
    lost = np.where(stem.powers[:count] < threshold, stem.loudness[:count], 0).sum(axis=1)
    return float(lost.sum() / (stem.loudness.sum() or 1.0)), lost
