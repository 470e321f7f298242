"""Peak, true peak and loudness (ITU-R BS.1770-4, EBU R 128): of a whole, and while it plays.

The figures are the same to the bit in the build and in the browser: see ``weighting``.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import numpy as np

from pyodide_app.engine.exact import log10
from pyodide_app.engine.weighting import KWeighting

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]
    type Powers = NDArray[np.float64]

# BS.1770-4 Annex 2, table of the order-48 4-phase interpolating filter, as multiples of 2^-13: its
# first two phases. The others are these in reverse.
_PHASES = (
    (14, 90, -161, 272, -487, 1125, 7964, -838, 390, -218, 122, -68),
    (-239, 240, -424, 730, -1364, 3810, 6388, -1641, 832, -477, 271, -155),
)
_EVEN, _ODD = (
    [
        [
            np.float32(one + sign * other) / 16384
            for one, other in zip(phase[:6], phase[:5:-1], strict=True)
        ]
        for phase in _PHASES
    ]
    for sign in (1, -1)
)

BEFORE, AFTER = 6, 5
"""Frames on either side of a frame that its true peak depends on."""
HIGHEST_RISE = np.float32(2.03)
"""No true peak is further above the samples around it: the taps of a phase sum to 2.023 at most."""

_SPAN = 128
_PIECE = 1 << 16

ABSOLUTE_GATE = 1.1724653045822963e-07
"""-70 LUFS, as a power."""

_HOP = 0.01  # seconds: fine enough for the loudest 400 ms that begin at any time
_MOMENTARY = 40  # hops
_SHORT_TERM = 300
_STEP = 10  # hops from one gated window to the next


def peak(planar: Planar) -> float:
    """Return the largest absolute sample, 0 for nothing."""
    return float(max(planar.max(initial=0), -planar.min(initial=0)))


def true_peaks(planar: Planar) -> Planar:
    """Return per frame the largest magnitude of the 4x oversampled signal there.

    Of the input, shape (..., frames), the first ``BEFORE`` and last ``AFTER`` frames are context.
    """
    frames = planar.shape[-1] - BEFORE - AFTER
    ends = [
        (planar[..., 11 - at :][..., :frames], planar[..., at : at + frames]) for at in range(6)
    ]
    sums = [one + other for one, other in ends]
    differences = [one - other for one, other in ends]
    highest = np.abs(planar[..., BEFORE : BEFORE + frames])
    for even, odd in zip(_EVEN, _ODD, strict=True):
        # A phase is their sum, its reverse their difference: the larger magnitude is |e| + |o|.
        both = np.abs(_weighted(sums, even))
        both += np.abs(_weighted(differences, odd))
        np.maximum(highest, both, out=highest)
    return highest


def _weighted(signals: list[Planar], weights: list[np.float32]) -> Planar:
    total = signals[0] * weights[0]
    scaled = np.empty_like(total)
    for signal, weight in zip(signals[1:], weights[1:], strict=True):
        total += np.multiply(signal, weight, out=scaled)
    return total


def true_peaks_above(planar: Planar, level: np.float32) -> Planar:
    """Return per frame the true peak over both channels; where it is below ``level``, or 0.

    Input as for ``true_peaks``. Spans without anything loud enough are not oversampled, unless
    they are few.
    """
    context = BEFORE + AFTER
    frames = planar.shape[1] - context
    spans = -(-frames // _SPAN)
    highest = np.zeros((spans + 1, _SPAN), dtype=np.float32)
    magnitudes = np.abs(planar)
    np.maximum(magnitudes[0], magnitudes[-1], out=highest.reshape(-1)[: planar.shape[1]])
    around = np.maximum(highest[:-1].max(axis=1), highest[1:, :context].max(axis=1))
    loud = np.flatnonzero(around * HIGHEST_RISE > level)
    if 2 * loud.size > spans:
        everywhere: Planar = true_peaks(planar).max(axis=0)
        return everywhere
    peaks = np.zeros((spans, _SPAN), dtype=np.float32)
    if loud.size:
        index = loud[:, None] * _SPAN + np.arange(_SPAN + context)
        peaks[loud] = true_peaks(planar.take(index, axis=1, mode="clip")).max(axis=0)
    return peaks.reshape(-1)[:frames]


def true_peak(planar: Planar) -> float:
    """Return the largest 4x oversampled magnitude, as a factor of full scale."""
    meter = PeakMeter(planar.shape[0])
    meter.true_peak = peak(planar)
    for start in range(0, planar.shape[1], _PIECE):
        meter.add(planar[:, start : start + _PIECE])
    meter.add(np.zeros((planar.shape[0], AFTER), dtype=np.float32))
    return meter.true_peak


class PeakMeter:
    """The highest true peak of blocks that follow one another, heard ``AFTER`` frames late."""

    def __init__(self, channels: int = 2) -> None:
        """Take the number of channels."""
        self.true_peak = 0.0
        self._before: Planar = np.zeros((channels, BEFORE + AFTER), dtype=np.float32)

    def add(self, planar: Planar) -> None:
        """Hear the next block, shape (channels, frames)."""
        heard = np.concatenate((self._before, planar), axis=1)
        self._before = heard[:, -BEFORE - AFTER :]
        self.true_peak = max(self.true_peak, peak(planar))
        above = true_peaks_above(heard, np.float32(self.true_peak))
        self.true_peak = max(self.true_peak, float(above.max(initial=0)))


def to_lufs(power: float) -> float:
    """BS.1770-4 equation 2, with the channels already weighted and summed; -inf for 0."""
    return -0.691 + 10 * log10(power)


def gated(powers: Powers) -> float:
    """Return the loudness in LUFS of the powers of 400 ms windows, one each 100 ms.

    BS.1770-4 equations 4 to 7: the absolute gate, then one 10 LU below what passed it.
    """
    loud = powers[powers > ABSOLUTE_GATE]
    if not loud.size:
        return to_lufs(0)
    kept = loud[loud > loud.sum() / loud.size / 10]
    return to_lufs(float(kept.sum()) / kept.size)


def integrated(planar: Planar, rate: int) -> float:
    """Return the gated loudness of the whole in LUFS; -inf when nothing passes the gates."""
    return LoudnessMeter.of(planar, rate).integrated


def loudness_range(planar: Planar, rate: int) -> float:
    """Return the loudness range in LU (EBU Tech 3342); 0 where nothing passes its gates."""
    return LoudnessMeter.of(planar, rate).range


class LoudnessMeter:
    """The loudness of blocks that follow one another, of any size.

    Momentary is the last 400 ms, short-term the last 3 s, the frames before the first being
    silence; both move every 10 ms. Integrated and range are those of everything so far.
    """

    def __init__(self, rate: int, channels: int = 2) -> None:
        """Take the sample rate in Hz and the number of channels, each of which weighs the same."""
        self._weighting = KWeighting(rate, channels)
        self._frames = round(rate * _HOP)
        self._open: Powers = np.zeros(0)
        self._hops = array("d")

    @classmethod
    def of(cls, planar: Planar, rate: int) -> LoudnessMeter:
        """Return a meter that has heard the whole of a signal."""
        meter = cls(rate, planar.shape[0])
        meter.add(planar)
        return meter

    def add(self, planar: Planar) -> None:
        """Hear the next block, shape (channels, frames)."""
        for start in range(0, planar.shape[1], _PIECE):
            powers = self._weighting.powers(planar[:, start : start + _PIECE])
            self._open = np.concatenate((self._open, powers))
            whole = self._open.size // self._frames
            hops = self._open[: whole * self._frames].reshape(whole, self._frames)
            self._hops.frombytes((hops.sum(axis=1) / self._frames).tobytes())
            self._open = self._open[whole * self._frames :]

    @property
    def momentary(self) -> float:
        """Loudness of the last 400 ms, in LUFS."""
        return self._latest(_MOMENTARY)

    @property
    def short_term(self) -> float:
        """Loudness of the last 3 s, in LUFS."""
        return self._latest(_SHORT_TERM)

    @property
    def loudest_momentary(self) -> float:
        """The highest momentary loudness so far, in LUFS."""
        return to_lufs(float(self._windows(_MOMENTARY, 1).max(initial=0)))

    @property
    def loudest_short_term(self) -> float:
        """The highest short-term loudness so far, in LUFS."""
        return to_lufs(float(self._windows(_SHORT_TERM, 1).max(initial=0)))

    @property
    def integrated(self) -> float:
        """Gated loudness in LUFS (BS.1770-4 equation 7); -inf when nothing passes the gates."""
        return gated(self._windows(_MOMENTARY, _STEP))

    @property
    def range(self) -> float:
        """Loudness range in LU (EBU Tech 3342); 0 where nothing passes its gates."""
        powers = self._windows(_SHORT_TERM, _STEP)
        loud = powers[powers >= ABSOLUTE_GATE]
        if not loud.size:
            return 0.0
        kept = np.sort(loud[loud >= loud.sum() / loud.size / 100])
        low, high = (float(kept[round((kept.size - 1) * share)]) for share in (0.10, 0.95))
        return to_lufs(high) - to_lufs(low)

    def _latest(self, width: int) -> float:
        return to_lufs(sum(self._hops[-width:]) / width)

    def _windows(self, width: int, step: int) -> Powers:
        """Return the mean power of all whole windows; lengths in hops, width a multiple of step."""
        whole = len(self._hops) // step * step
        steps = np.frombuffer(self._hops)[:whole].reshape(-1, step).sum(axis=1)
        sums = np.concatenate((np.zeros(1), np.cumsum(steps)))
        powers: Powers = (sums[width // step :] - sums[: -(width // step)]) / width
        return powers
