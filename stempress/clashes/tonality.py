"""Key: stems whose notes match those of the others only when they are transposed.

Chroma of every stem is correlated, second by second, with that of all others at twelve
transpositions. Drums and noise correlate with nothing at any of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stempress.clashes.spectrum import BINS_PER_SEMITONE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from stempress.clashes.clash import Name
    from stempress.clashes.stem_profile import StemProfile
    from stempress.clashes.timeline import Timeline

    type Curve = NDArray[np.float64]

SEMITONES = 12
MIN_FIT = 0.25
"""Correlation with the others at the best transposition; drums and noise stay below."""
MIN_SECONDS = 4.0
"""Of tones, weighted by their level; less is no evidence of a key."""
MARGIN = 0.25
"""By how much a transposition must fit better than the stem as it is: the threshold."""
QUIET = 0.03
"""Amplitude of tones, relative to the stem's loudest second, that does not count (-30 dB)."""
NEARLY = 0.08
"""Of transpositions that fit within this of the best, the smallest is taken as the likeliest."""
ROUNDS = 3
"""How often the weights of stems, which depend on each other, are computed."""
KEY_WEIGHT = 0.5
"""Weight of the key in the song's file, relative to the stem that fits the others best."""
TRIAD_WEIGHT = 2.0
"""Weight of the notes of the tonic triad, relative to the scale's others."""
_PITCHES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS = {"#": 1, "\u266f": 1, "b": -1, "\u266d": -1, "": 0}
_MODES = {
    "": (0, 2, 4, 5, 7, 9, 11),
    "major": (0, 2, 4, 5, 7, 9, 11),
    "ionian": (0, 2, 4, 5, 7, 9, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "m": (0, 2, 3, 5, 7, 8, 10),
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


@dataclass(frozen=True, slots=True)
class Tonality:
    """How a stem fits the others: correlation as it is and transposed by ``semitones``, -5 to 6.

    ``voters`` is the number of stems (and the key) that it is compared with.
    """

    semitones: int
    fit: float
    best_fit: float
    voters: int


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
    if match is None or match[3] not in _MODES:
        return None
    scale = _MODES[match[3]]
    vector = np.zeros(SEMITONES)
    vector[list(scale)] = 1
    vector[[scale[0], scale[2], scale[4]]] = TRIAD_WEIGHT
    tonic = _PITCHES[match[1]] + _ACCIDENTALS[match[2]]
    (unit,) = _unit(np.roll(vector, tonic)[None])
    return np.asarray(unit)


def _likeliest(fits: Curve) -> int:
    """Return the smallest transposition, 0 to 11 semitones up, that fits about best."""
    candidates = np.flatnonzero(fits >= fits.max() - NEARLY)
    return int(min(candidates, key=lambda shift: min(shift, SEMITONES - shift)))


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


class Harmony:
    """Which stems of a song are transposed against the others.

    ``tonalities`` has every stem that has pitch. Stems are weighted by how well they fit the
    others; the one that fits worst is taken as transposed first, and then the rest again.
    """

    def __init__(self, tones: Mapping[Name, Tones], key: str = "") -> None:
        """Compare the tones of all stems, and with the key in the song's file."""
        self.tones = tones
        self._names = [
            name for name, stem in tones.items() if stem.weights.sum() * stem.seconds >= MIN_SECONDS
        ]
        self._curves, self._totals = self._compare()
        self._key_curves = self._compare_key(key_vector(key))
        self.tonalities = self._judge()

    def curve(self, first: Name, second: Name) -> Curve:
        """Return how well ``first`` fits ``second`` at each transposition of it."""
        row, column = self._names.index(first), self._names.index(second)
        return np.asarray(self._curves[row, column])

    def _compare(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        count = len(self._names)
        curves, totals = np.zeros((count, count, SEMITONES)), np.zeros((count, count))
        for row, first in enumerate(self._names):
            for column, second in enumerate(self._names[:row]):
                curve, total = fit_curve(self.tones[first], self.tones[second])
                curves[row, column], totals[row, column] = curve, total
                curves[column, row] = np.roll(curve[::-1], 1)
                totals[column, row] = total
        return curves, totals

    def _compare_key(self, vector: NDArray[np.float64] | None) -> NDArray[np.float64] | None:
        if vector is None:
            return None
        curves = np.zeros((len(self._names), SEMITONES))
        for row, name in enumerate(self._names):
            stem = self.tones[name]
            vectors = np.tile(vector, (len(stem.weights), 1))
            curves[row], _ = fit_curve(stem, Tones(vectors, stem.weights, stem.seconds))
        return curves

    def _judge(self) -> dict[Name, Tonality]:
        count = len(self._names)
        shifts = np.zeros(count, dtype=np.int64)
        found = self._fits(shifts)
        for _ in range(count // 2):
            best = found.max(axis=1)
            gains = np.where((shifts == 0) & (best >= MIN_FIT), best - found[:, 0], 0)
            worst = int(gains.argmax())
            if gains[worst] < MARGIN:
                break
            shifts[worst] = _likeliest(found[worst])
            found = self._fits(shifts)
        voters = max(0, int((found.max(axis=1) >= MIN_FIT).sum()) - 1)
        return {
            name: Tonality(
                semitones=int((shift + 5) % SEMITONES - 5),
                fit=float(fits[0]),
                best_fit=float(fits[shift]),
                voters=voters + (self._key_curves is not None),
            )
            for name, shift, fits in zip(self._names, shifts, found, strict=True)
            if fits.max() >= MIN_FIT
        }

    def _fits(self, shifts: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return how stems fit the others at each transposition, the others transposed by shifts.

        Shape (stems, 12).
        """
        turned = np.array(
            [
                [np.roll(curve, shift) for curve, shift in zip(row, shifts, strict=True)]
                for row in self._curves
            ]
        ).reshape(self._curves.shape)
        return self._weighted(turned)

    def _weighted(self, curves: NDArray[np.float64]) -> NDArray[np.float64]:
        weights = np.ones(len(self._names))
        fits = np.zeros((len(self._names), SEMITONES))
        for _ in range(ROUNDS):
            shares = self._totals * weights
            sums = (shares[:, :, None] * curves).sum(axis=1)
            total = shares.sum(axis=1)
            if self._key_curves is not None:
                share = KEY_WEIGHT * self._totals.max(axis=1, initial=0)
                sums, total = sums + share[:, None] * self._key_curves, total + share
            fits = sums / np.where(total > 0, total, 1)[:, None]
            contrast = np.maximum(fits.max(axis=1, initial=0) - fits.mean(axis=1), 0.01)
            weights = contrast / contrast.max(initial=0.01)
        return fits
