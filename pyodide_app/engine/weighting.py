"""The K-weighting of ITU-R BS.1770-4: two second-order sections, run without a loop over frames.

Neither convolution nor BLAS: every sum runs in a stated order, so that the figures are the same
to the bit in the build and in the browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi
from typing import TYPE_CHECKING

import numpy as np

from pyodide_app.engine.exact import tan

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]
    type Columns = NDArray[np.float64]
    """Consecutive frames, top to bottom and left to right: shape (2 + _ROWS, channels, columns).

    The top two rows repeat the last two frames of the column to the left.
    """

_ROWS = 32


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
    high = 1.5848647011308556  # 3.999843853973347 dB
    band = 1.2587209302325617  # high ** 0.4996667741545416
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


class KWeighting:
    """Both stages on their way through a signal, piece after piece."""

    def __init__(self, rate: int, channels: int) -> None:
        """Take the sample rate in Hz and the number of channels."""
        self._stages = [_Stage(section, channels) for section in k_filters(rate)]
        self._before: NDArray[np.float64] = np.zeros((2, channels))

    def powers(self, planar: Planar) -> NDArray[np.float64]:
        """Return the squares of the weighted frames that come next, summed over the channels."""
        signal = self._run(planar)
        squares = signal * signal
        total = squares[:, 0].copy()
        for channel in range(1, planar.shape[0]):
            total += squares[:, channel]
        return total.T.reshape(-1)[: planar.shape[1]]

    def weighted(self, planar: Planar) -> NDArray[np.float64]:
        """Return the weighted frames that come next, shape as the input's."""
        frames = self._run(planar).transpose(1, 2, 0)
        return frames.reshape(planar.shape[0], -1)[:, : planar.shape[1]]

    def _run(self, planar: Planar) -> Columns:
        """Weight the frames that come next: they run down the rows, column after column."""
        channels, frames = planar.shape
        if not frames:
            return np.zeros((_ROWS, channels, 0))
        columns = -(-frames // _ROWS)
        padded = np.zeros((channels, columns * _ROWS), dtype=np.float32)
        padded[:, :frames] = planar
        signal: Columns = np.empty((2 + _ROWS, channels, columns))
        signal[2:] = padded.reshape(channels, columns, _ROWS).transpose(2, 0, 1)
        signal[:2, :, 1:] = signal[-2:, :, :-1]
        signal[:2, :, 0] = self._before
        row = (frames - 1) % _ROWS + 1
        self._before = signal[row : row + 2, :, -1].copy()
        for stage in self._stages:
            signal = stage.run(signal, row)
        return signal[2:]


class _Stage:
    """A section, and the two frames that it gave last, shape (2, channels)."""

    def __init__(self, section: Biquad, channels: int) -> None:
        self._section = section
        self._before: NDArray[np.float64] = np.zeros((2, channels))
        feedback = np.zeros((2 + _ROWS, 2))
        feedback[:2] = np.eye(2)
        for at in range(2, 2 + _ROWS):
            feedback[at] = -section.a2 * feedback[at - 2] - section.a1 * feedback[at - 1]
        self._natural = feedback[2:, :, None, None]

    def run(self, signal: Columns, row: int) -> Columns:
        """Filter frames; the last of them are in rows ``row`` and ``row + 1`` of the last column.

        All columns run side by side from rest. Each then gets the natural response to the two
        frames that really came before it.
        """
        out = self._from_rest(signal)
        first, last = self._states(out[-2:])
        out[:2] = first, last
        out[2:] += self._natural[:, 0] * first
        out[2:] += self._natural[:, 1] * last
        self._before = out[row : row + 2, :, -1].copy()
        return out

    def _from_rest(self, signal: Columns) -> Columns:
        section = self._section
        out = np.zeros_like(signal)
        np.multiply(signal[2:], section.b0, out=out[2:])
        out[2:] += signal[1:-1] * section.b1
        out[2:] += signal[:-2] * section.b2
        flat = out.reshape(2 + _ROWS, -1)
        feedback = np.array([[section.a2], [section.a1]])
        fed_back = np.empty((2, flat.shape[1]))
        for at in range(2, 2 + _ROWS):
            np.multiply(flat[at - 2 : at], feedback, out=fed_back)
            flat[at] -= fed_back[0]
            flat[at] -= fed_back[1]
        return out

    def _states(self, ends: Columns) -> Columns:
        """Return the two frames before every column, from how each ends when it begins at rest.

        A column adds its natural response to those before it, and so on: sums over 1, 2, 4...
        columns, whose responses are the powers of a matrix.
        """
        (a, b), (c, d) = self._natural[-2:, :, 0, 0].tolist()
        states = np.concatenate((self._before[:, :, None], ends[:, :, :-1]), axis=2)
        span = 1
        while span < states.shape[2]:
            first, last = states[:, :, :-span]
            states[:, :, span:] += np.stack((first * a + last * b, first * c + last * d))
            a, b, c, d = a * a + b * c, a * b + b * d, c * a + d * c, c * b + d * d
            span *= 2
        return states
