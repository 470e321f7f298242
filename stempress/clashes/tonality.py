"""Key: stems whose notes match those of the others only when they are transposed.

Chroma of every stem is correlated, second by second, with that of all others at twelve
transpositions. Drums and noise correlate with nothing at any of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stempress.clashes.pitch_classes import SEMITONES, Tones, fit_curve, key_vector

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from stempress.clashes.clash import Name
    from stempress.clashes.pitch_classes import Curve

MIN_FIT = 0.25
"""Correlation with the others at the best transposition; drums and noise stay below."""
MIN_SECONDS = 4.0
"""Of tones, weighted by their level; less is no evidence of a key."""
MARGIN = 0.25
"""By how much a transposition must fit better than the stem as it is: the threshold."""
STATIC = 0.85
"""Steadiness of a drone, or of one chord throughout."""
MAX_STATIC_FIT = -0.1
"""Such a stem is transposed only if its notes are foreign to the others'."""
NEARLY = 0.08
"""Of transpositions that fit within this of the best, the smallest is taken as the likeliest."""
ROUNDS = 3
"""How often the weights of stems, which depend on each other, are computed."""
KEY_WEIGHT = 0.5
"""Weight of the key in the song's file, relative to the stem that fits the others best."""


@dataclass(frozen=True, slots=True)
class Tonality:
    """How a stem fits the others: correlation as it is and transposed by ``semitones``, -5 to 6.

    ``voters`` is the number of stems (and the key) that it is compared with.
    """

    semitones: int
    fit: float
    best_fit: float
    voters: int


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
        is_static = np.array([self.tones[name].steadiness > STATIC for name in self._names])
        shifts = np.zeros(count, dtype=np.int64)
        found = self._fits(shifts)
        for _ in range(count // 2):
            best = found.max(axis=1)
            is_certain = (best >= MIN_FIT) & ~(is_static & (found[:, 0] > MAX_STATIC_FIT))
            gains = np.where((shifts == 0) & is_certain, best - found[:, 0], 0)
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


def _likeliest(fits: Curve) -> int:
    """Return the smallest transposition, 0 to 11 semitones up, that fits about best."""
    candidates = np.flatnonzero(fits >= fits.max() - NEARLY)
    return int(min(candidates, key=lambda shift: min(shift, SEMITONES - shift)))
