"""Peak, true peak, and loudness after ITU-R BS.1770-4.

No convolution and no BLAS: every sum runs in a stated order, so the figures are the same to the
bit in the build and in the browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log10, pi, sqrt, tan
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]

# BS.1770-4 Annex 2, table of the order-48 4-phase interpolating filter; phases 2 and 3 are 1 and 0
# in reverse. All are multiples of 2^-13.
_PHASES = (
    (14, 90, -161, 272, -487, 1125, 7964, -838, 390, -218, 122, -68),
    (-239, 240, -424, 730, -1364, 3810, 6388, -1641, 832, -477, 271, -155),
)
_TAPS = tuple(tuple(np.float32(tap / 8192) for tap in phase) for phase in _PHASES)
_FILTERS = (*_TAPS, *(phase[::-1] for phase in reversed(_TAPS)))

ABSOLUTE_GATE = -70.0
RELATIVE_GATE = -10.0
RANGE_GATE = -20.0


def to_db(level: float) -> float:
    """Turn a factor of full scale into decibels; -inf for 0."""
    return 20 * log10(level) if level > 0 else -float("inf")


def peak(planar: Planar) -> float:
    """Return the largest absolute sample, 0 for nothing."""
    return float(max(planar.max(initial=0), -planar.min(initial=0)))


def true_peaks(planar: Planar) -> Planar:
    """Return per channel and frame the largest magnitude of the 4x oversampled signal there.

    Frames beyond either end count as silence. Shape as the input.
    """
    channels, frames = planar.shape
    padded = np.zeros((channels, frames + 12), dtype=np.float32)
    padded[:, 6 : 6 + frames] = planar
    highest = np.abs(planar)
    for taps in _FILTERS:
        total = padded[:, 11 : 11 + frames] * taps[0]
        for at, tap in enumerate(taps[1:], start=1):
            total += padded[:, 11 - at : 11 - at + frames] * tap
        np.maximum(highest, np.abs(total), out=highest)
    return highest


def true_peak(planar: Planar, block: int = 1 << 16) -> float:
    """Return the largest 4x oversampled magnitude, as a factor of full scale."""
    frames = planar.shape[1]
    return max(
        (
            float(true_peaks(planar[:, max(start - 12, 0) : start + block + 12]).max(initial=0))
            for start in range(0, frames, block)
        ),
        default=0.0,
    )


def integrated(planar: Planar, rate: int) -> float:
    """Return the gated loudness of the whole in LUFS; -inf when nothing passes the gates."""
    return gated(_block_powers(planar, rate, 0.4, 0.1))


def momentary(planar: Planar, rate: int) -> NDArray[np.float64]:
    """Return the loudness in LUFS of every 400 ms, a value each 100 ms."""
    return _loudness(_block_powers(planar, rate, 0.4, 0.1))


def short_term(planar: Planar, rate: int) -> NDArray[np.float64]:
    """Return the loudness in LUFS of every 3 s, a value each 100 ms."""
    return _loudness(_block_powers(planar, rate, 3.0, 0.1))


def loudness_range(planar: Planar, rate: int) -> float:
    """Return the loudness range in LU (EBU Tech 3342); 0 where nothing passes its gates."""
    powers = _block_powers(planar, rate, 3.0, 0.1)
    loud = powers[_loudness(powers) >= ABSOLUTE_GATE]
    if not loud.size:
        return 0.0
    threshold = _lufs(float(loud.sum()) / loud.size) + RANGE_GATE
    kept = np.sort(_loudness(loud[_loudness(loud) >= threshold]))
    low, high = (round((kept.size - 1) * share) for share in (0.10, 0.95))
    return float(kept[high] - kept[low])


def _loudness(powers: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([_lufs(float(power)) for power in powers])


def _lufs(power: float) -> float:
    """BS.1770-4 equation 2, with the channels already weighted and summed."""
    return -0.691 + 10 * log10(power) if power > 0 else -float("inf")


def gated(powers: NDArray[np.float64]) -> float:
    """Return the loudness in LUFS of the mean squares of 400 ms windows, a window each 100 ms.

    BS.1770-4 equations 4 to 7: the absolute gate, then one 10 LU below what passed it.
    """
    loud = powers[_loudness(powers) > ABSOLUTE_GATE]
    if not loud.size:
        return -float("inf")
    threshold = _lufs(float(loud.sum()) / loud.size) + RELATIVE_GATE
    kept = loud[_loudness(loud) > threshold]
    return _lufs(float(kept.sum()) / kept.size)


def _block_powers(planar: Planar, rate: int, window: float, hop: float) -> NDArray[np.float64]:
    """Return the mean square, summed over channels, of K-weighted windows; lengths in seconds."""
    size, step = round(window * rate), round(hop * rate)
    if planar.shape[1] < size:
        return np.zeros(0)
    total = np.zeros((planar.shape[1] - size) // step + 1)
    for channel in planar:
        power = k_weighted(channel, rate) ** 2
        sums = np.concatenate((np.zeros(1), np.cumsum(power)))
        ends = np.arange(total.size) * step + size
        total += (sums[ends] - sums[ends - size]) / size
    return total


@dataclass(frozen=True, slots=True)
class Biquad:
    """A second-order section, a0 = 1."""

    b0: float
    b1: float
    b2: float
    a1: float
    a2: float


def k_filters(rate: int) -> tuple[Biquad, Biquad]:
    """Return the two K-weighting stages: the tables of BS.1770-4 at 48 kHz, else their prototypes.

    The prototypes behind the tables: De Man, "Evaluation of implementations of the EBU R128
    loudness measurement", AES 145.
    """
    if rate == 48000:
        return (
            Biquad(
                1.53512485958697,
                -2.69169618940638,
                1.19839281085285,
                -1.69065929318241,
                0.73248077421585,
            ),
            Biquad(1.0, -2.0, 1.0, -1.99004745483398, 0.99007225036621),
        )
    return _shelf(rate), _high_pass(rate)


def _shelf(rate: int) -> Biquad:
    k, q = tan(pi * 1681.974450955533 / rate), 0.7071752369554196
    high = 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    a0 = 1 + k / q + k * k
    return Biquad(
        (high + band * k / q + k * k) / a0,
        2 * (k * k - high) / a0,
        (high - band * k / q + k * k) / a0,
        2 * (k * k - 1) / a0,
        (1 - k / q + k * k) / a0,
    )


def _high_pass(rate: int) -> Biquad:
    k, q = tan(pi * 38.13547087602444 / rate), 0.5003270373238773
    a0 = 1 + k / q + k * k
    return Biquad(1.0, -2.0, 1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0)


def k_weighted(channel: NDArray[np.float32], rate: int) -> NDArray[np.float64]:
    """Return one channel after both K-weighting stages."""
    signal = channel.astype(np.float64)
    for section in k_filters(rate):
        signal = filtered(signal, section)
    return signal


def filtered(signal: NDArray[np.float64], section: Biquad) -> NDArray[np.float64]:
    """Run a biquad over a signal by a block scan.

    Cut into about sqrt(n) blocks side by side, the recursion runs along all blocks at once from
    rest; then each block gets the natural response to the state that the one before it left.
    """
    size = max(2, ceil(sqrt(signal.size)))
    blocks = ceil(signal.size / size)
    padded = np.zeros(blocks * size)
    padded[: signal.size] = signal
    columns = np.ascontiguousarray(padded.reshape(blocks, size).T)
    out = _from_rest(columns, section)
    first, second = _natural_responses(size, section)
    last = before_last = 0.0
    for block in range(blocks):
        out[:, block] += first * last + second * before_last
        last, before_last = out[-1, block], out[-2, block]
    return out.T.reshape(-1)[: signal.size]


def _from_rest(columns: NDArray[np.float64], section: Biquad) -> NDArray[np.float64]:
    """Filter every column from rest; its inputs continue those of the column before."""
    size, blocks = columns.shape
    inputs = np.zeros((size + 2, blocks))
    inputs[2:] = columns
    inputs[:2, 1:] = columns[-2:, :-1]
    driven = inputs[2:] * section.b0
    driven += inputs[1:-1] * section.b1
    driven += inputs[:-2] * section.b2
    out = np.zeros((size + 2, blocks))
    for at, row in enumerate(driven, start=2):
        out[at] = row - out[at - 1] * section.a1 - out[at - 2] * section.a2
    return out[2:]


def _natural_responses(
    size: int, section: Biquad
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what follows from the last output being 1, and from the one before it being 1."""

    def run(last: float, before: float) -> Iterator[float]:
        for _ in range(size):
            last, before = -last * section.a1 - before * section.a2, last
            yield last

    return np.fromiter(run(1.0, 0.0), float, size), np.fromiter(run(0.0, 1.0), float, size)
