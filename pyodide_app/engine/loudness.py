"""Sample peak, true peak and loudness (ITU-R BS.1770-4, EBU R 128), in one go or block by block.

Results are bit-identical in the build and in the browser: see ``weighting``.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import numpy as np

from pyodide_app.engine.portable_math import log10
from pyodide_app.engine.weighting import KWeighting

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]
    type Powers = NDArray[np.float64]

# First two phases of the order-48, 4-phase interpolating filter in the table of BS.1770-4 Annex 2,
# as multiples of 2^-13. The other two are these reversed.
_PHASES = (
    (14, 90, -161, 272, -487, 1125, 7964, -838, 390, -218, 122, -68),
    (-239, 240, -424, 730, -1364, 3810, 6388, -1641, 832, -477, 271, -155),
)
_EVEN, _ODD = (
    [
        [
            np.float32(tap + sign * mirrored) / 16384
            for tap, mirrored in zip(phase[:6], phase[:5:-1], strict=True)
        ]
        for phase in _PHASES
    ]
    for sign in (1, -1)
)

CONTEXT_BEFORE, CONTEXT_AFTER = 6, 5
"""Frames on either side of a frame that its true peak depends on."""
MAX_TRUE_PEAK_RATIO = np.float32(2.03)
"""Upper bound of true peak to surrounding sample peak: a phase's taps sum to at most 2.023."""

_SPAN = 128
_BLOCK_FRAMES = 1 << 16

ABSOLUTE_GATE = 1.1724653045822963e-07
"""-70 LUFS as a power."""

_HOP = 0.01  # seconds: fine enough to find the maximum momentary loudness wherever it begins
_MOMENTARY = 40  # hops
_SHORT_TERM = 300  # hops
_STEP = 10  # hops between gating blocks


def sample_peak(planar: Planar) -> float:
    """Return the largest absolute sample; 0 for an empty array."""
    return float(max(planar.max(initial=0), -planar.min(initial=0)))


def true_peaks(planar: Planar) -> Planar:
    """Return the largest magnitude of the 4x oversampled signal at each frame.

    The first ``CONTEXT_BEFORE`` and last ``CONTEXT_AFTER`` frames of the input, shape
    (..., frames), serve as context only.
    """
    frames = planar.shape[-1] - CONTEXT_BEFORE - CONTEXT_AFTER
    mirrored = [
        (planar[..., 11 - tap :][..., :frames], planar[..., tap : tap + frames]) for tap in range(6)
    ]
    sums = [late + early for late, early in mirrored]
    differences = [late - early for late, early in mirrored]
    highest = np.abs(planar[..., CONTEXT_BEFORE : CONTEXT_BEFORE + frames])
    for even, odd in zip(_EVEN, _ODD, strict=True):
        # A phase is e + o and its reverse e - o: the larger magnitude is |e| + |o|.
        magnitude = np.abs(_weighted_sum(sums, even))
        magnitude += np.abs(_weighted_sum(differences, odd))
        np.maximum(highest, magnitude, out=highest)
    return highest


def _weighted_sum(signals: list[Planar], weights: list[np.float32]) -> Planar:
    total = signals[0] * weights[0]
    scaled = np.empty_like(total)
    for signal, weight in zip(signals[1:], weights[1:], strict=True):
        total += np.multiply(signal, weight, out=scaled)
    return total


def true_peaks_above(planar: Planar, level: np.float32) -> Planar:
    """Return the true peak of each frame over all channels; any smaller value if below ``level``.

    Input as for ``true_peaks``. Spans too quiet to reach ``level`` are not oversampled and give 0,
    unless they are few.
    """
    context = CONTEXT_BEFORE + CONTEXT_AFTER
    frames = planar.shape[1] - context
    spans = -(-frames // _SPAN)
    highest = np.zeros((spans + 1, _SPAN), dtype=np.float32)
    magnitudes = np.abs(planar)
    np.maximum(magnitudes[0], magnitudes[-1], out=highest.reshape(-1)[: planar.shape[1]])
    span_peaks = np.maximum(highest[:-1].max(axis=1), highest[1:, :context].max(axis=1))
    loud = np.flatnonzero(span_peaks * MAX_TRUE_PEAK_RATIO > level)
    if 2 * loud.size > spans:
        all_peaks: Planar = true_peaks(planar).max(axis=0)
        return all_peaks
    peaks = np.zeros((spans, _SPAN), dtype=np.float32)
    if loud.size:
        index = loud[:, None] * _SPAN + np.arange(_SPAN + context)
        peaks[loud] = true_peaks(planar.take(index, axis=1, mode="clip")).max(axis=0)
    return peaks.reshape(-1)[:frames]


def true_peak(planar: Planar) -> float:
    """Return the largest 4x oversampled magnitude of the whole signal; full scale is 1."""
    meter = TruePeakMeter(planar.shape[0])
    meter.true_peak = sample_peak(planar)
    for start in range(0, planar.shape[1], _BLOCK_FRAMES):
        meter.add(planar[:, start : start + _BLOCK_FRAMES])
    meter.add(np.zeros((planar.shape[0], CONTEXT_AFTER), dtype=np.float32))
    return meter.true_peak


class TruePeakMeter:
    """Running true peak of consecutive blocks, delayed by ``CONTEXT_AFTER`` frames."""

    def __init__(self, channels: int = 2) -> None:
        """Take the number of channels."""
        self.true_peak = 0.0
        self._context: Planar = np.zeros(
            (channels, CONTEXT_BEFORE + CONTEXT_AFTER), dtype=np.float32
        )

    def add(self, planar: Planar) -> None:
        """Measure the next block, shape (channels, frames)."""
        padded = np.concatenate((self._context, planar), axis=1)
        self._context = padded[:, -CONTEXT_BEFORE - CONTEXT_AFTER :]
        self.true_peak = max(self.true_peak, sample_peak(planar))
        above = true_peaks_above(padded, np.float32(self.true_peak))
        self.true_peak = max(self.true_peak, float(above.max(initial=0)))


def to_lufs(power: float) -> float:
    """Convert mean power, weighted and summed over channels, to LUFS; -inf for 0.

    BS.1770-4 equation 2.
    """
    return -0.691 + 10 * log10(power)


def gated_loudness(powers: Powers) -> float:
    """Return the gated loudness in LUFS from the powers of 400 ms blocks at 100 ms steps.

    BS.1770-4 equations 4 to 7: an absolute gate, then a relative gate 10 LU below the mean of the
    blocks that passed it.
    """
    loud = powers[powers > ABSOLUTE_GATE]
    if not loud.size:
        return to_lufs(0)
    gated = loud[loud > loud.sum() / loud.size / 10]
    return to_lufs(float(gated.sum()) / gated.size)


def integrated_loudness(planar: Planar, rate: int) -> float:
    """Return the integrated loudness of a signal in LUFS; -inf if nothing passes the gates."""
    return LoudnessMeter.measure(planar, rate).integrated


def loudness_range(planar: Planar, rate: int) -> float:
    """Return the loudness range of a signal in LU (EBU Tech 3342); 0 if nothing passes a gate."""
    return LoudnessMeter.measure(planar, rate).range


class LoudnessMeter:
    """Loudness of consecutive blocks of any size.

    Momentary loudness covers the last 400 ms and short-term loudness the last 3 s, with silence
    before the first frame; both are updated every 10 ms. Integrated loudness and range cover
    everything so far.
    """

    def __init__(self, rate: int, channels: int = 2) -> None:
        """Take the sample rate in Hz and the number of channels, which are weighted equally."""
        self._weighting = KWeighting(rate, channels)
        self._hop_frames = round(rate * _HOP)
        self._remainder: Powers = np.zeros(0)
        self._hops = array("d")

    @classmethod
    def measure(cls, planar: Planar, rate: int) -> LoudnessMeter:
        """Return a meter that has measured a whole signal."""
        meter = cls(rate, planar.shape[0])
        meter.add(planar)
        return meter

    def add(self, planar: Planar) -> None:
        """Measure the next block, shape (channels, frames)."""
        for start in range(0, planar.shape[1], _BLOCK_FRAMES):
            powers = self._weighting.powers(planar[:, start : start + _BLOCK_FRAMES])
            powers = np.concatenate((self._remainder, powers))
            count = powers.size // self._hop_frames
            end = count * self._hop_frames
            hops = powers[:end].reshape(count, self._hop_frames)
            self._hops.frombytes((hops.sum(axis=1) / self._hop_frames).tobytes())
            self._remainder = powers[end:]

    @property
    def momentary(self) -> float:
        """Momentary loudness (last 400 ms) in LUFS."""
        return self._latest(_MOMENTARY)

    @property
    def short_term(self) -> float:
        """Short-term loudness (last 3 s) in LUFS."""
        return self._latest(_SHORT_TERM)

    @property
    def max_momentary(self) -> float:
        """Maximum momentary loudness so far in LUFS."""
        return to_lufs(float(self._windows(_MOMENTARY, 1).max(initial=0)))

    @property
    def max_short_term(self) -> float:
        """Maximum short-term loudness so far in LUFS."""
        return to_lufs(float(self._windows(_SHORT_TERM, 1).max(initial=0)))

    @property
    def integrated(self) -> float:
        """Integrated loudness in LUFS (BS.1770-4 equation 7); -inf if nothing passes the gates."""
        return gated_loudness(self._windows(_MOMENTARY, _STEP))

    @property
    def range(self) -> float:
        """Loudness range in LU (EBU Tech 3342); 0 if nothing passes the gates."""
        powers = self._windows(_SHORT_TERM, _STEP)
        loud = powers[powers >= ABSOLUTE_GATE]
        if not loud.size:
            return 0.0
        gated = np.sort(loud[loud >= loud.sum() / loud.size / 100])
        low, high = (float(gated[round((gated.size - 1) * rank)]) for rank in (0.10, 0.95))
        return to_lufs(high) - to_lufs(low)

    def _latest(self, width: int) -> float:
        return to_lufs(sum(self._hops[-width:]) / width)

    def _windows(self, width: int, step: int) -> Powers:
        """Return the mean power of all complete windows; ``width`` and ``step`` are in hops.

        ``width`` must be a multiple of ``step``.
        """
        end = len(self._hops) // step * step
        steps = np.frombuffer(self._hops)[:end].reshape(-1, step).sum(axis=1)
        sums = np.concatenate((np.zeros(1), np.cumsum(steps)))
        powers: Powers = (sums[width // step :] - sums[: -(width // step)]) / width
        return powers
