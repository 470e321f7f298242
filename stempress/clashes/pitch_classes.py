"""Pitch classes of a stem over time, of a key, and how well two of them match."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stempress.clashes.spectrum import BINS_PER_SEMITONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stempress.clashes.stem_profile import StemProfile
    from stempress.clashes.timeline import Timeline

    type Curve = NDArray[np.float64]
    """A value for each transposition, 0 to 11 semitones up."""

SEMITONES = 12
QUIET = 0.03
"""Amplitude of tones, relative to the stem's loudest second, that does not count (-30 dB)."""
TRIAD_WEIGHT = 2.0
"""Weight of the notes of the tonic triad, relative to the scale's others."""
_PITCHES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS = {"#": 1, "\u266f": 1, "b": -1, "\u266d": -1, "": 0}
MODES = {
    "": (0, 2, 4, 5, 7, 9, 11),
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "m": (0, 2, 3, 5, 7, 8, 10),
    "ionian": (0, 2, 4, 5, 7, 9, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "aeolian": (0, 2, 3, 5, 7, 8, 10),
    "locrian": (0, 1, 3, 5, 6, 8, 10),
}
_ROTATIONS = (np.arange(SEMITONES)[None] - np.arange(SEMITONES)[:, None]) % SEMITONES
"""Row ``k`` takes pitch classes to those ``k`` semitones higher."""


@dataclass(frozen=True, slots=True)
class Tones:
    """Pitch classes by time: ``vectors``, shape (slices, 12), have mean 0 and length 1 or 0.

    ``weights``, shape (slices,), are 0 to 1. A slice lasts ``seconds``.
    """

    vectors: NDArray[np.float64]
    weights: NDArray[np.float64]
    seconds: float

    @property
    def steadiness(self) -> float:
        """Length of the weighted mean vector: 1 if the same notes sound throughout."""
        return float(np.linalg.norm(self.weights @ self.vectors) / (self.weights.sum() or 1.0))


def stem_tones(profile: StemProfile, timeline: Timeline) -> Tones:
    """Return the pitch classes of a stem in slices of about a second, whole parts of a bar."""
    seconds = timeline.section / max(1, round(timeline.section))
    count = max(1, int(np.ceil(profile.seconds / seconds)))
    times = np.arange(len(profile.chroma)) * profile.frame_seconds
    index = np.minimum((times / seconds).astype(np.int64), count - 1)
    powers = np.zeros((count, profile.chroma.shape[1]))
    np.add.at(powers, index, profile.chroma)
    centred = np.roll(powers, BINS_PER_SEMITONE // 2, axis=1)
    classes = centred.reshape(count, SEMITONES, BINS_PER_SEMITONE).sum(axis=2)
    weights = np.sqrt(classes.sum(axis=1))
    weights /= weights.max(initial=0) or 1.0
    return Tones(_unit(np.sqrt(classes)), np.where(weights < QUIET, 0, weights), seconds)


def key_vector(key: str) -> NDArray[np.float64] | None:
    """Return the pitch classes of a key such as "F# minor"; None if it is written otherwise."""
    match = re.fullmatch(r"\s*([A-G])([#\u266fb\u266d]?)\s*([a-z]*)\s*", key)
    if match is None or match[3] not in MODES:
        return None
    scale = MODES[match[3]]
    vector = np.zeros(SEMITONES)
    vector[list(scale)] = 1
    vector[[scale[0], scale[2], scale[4]]] = TRIAD_WEIGHT
    tonic = _PITCHES[match[1]] + _ACCIDENTALS[match[2]]
    (unit,) = _unit(np.roll(vector, tonic)[None])
    return np.asarray(unit)


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    centred = rows - rows.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(centred / np.where(lengths > 0, lengths, 1))


def correlations(first: Tones, second: Tones) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return correlations by slice and transposition of ``first``, shape (slices, 12); weights."""
    count = min(len(first.weights), len(second.weights))
    transposed = first.vectors[:count][:, _ROTATIONS]
    by_slice = (transposed * second.vectors[:count, None]).sum(axis=2)
    return by_slice, np.sqrt(first.weights[:count] * second.weights[:count])


def fit_curve(first: Tones, second: Tones) -> tuple[Curve, float]:
    """Return the mean correlation at each transposition of ``first``, and its weight."""
    by_slice, weights = correlations(first, second)
    total = float(weights.sum())
    return (weights @ by_slice) / (total or 1.0), total
