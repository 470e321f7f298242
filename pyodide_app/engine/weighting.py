"""K-weighting (ITU-R BS.1770-4): two biquad filters, vectorised without a loop over frames.

It uses neither convolution nor BLAS: every sum has a fixed order, so that results are bit-identical
in the build and in the browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi
from typing import TYPE_CHECKING

import numpy as np

from pyodide_app.engine.portable_math import tan

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]
    type Columns = NDArray[np.float64]
    """Consecutive frames in column-major order, shape (2 + _ROWS, channels, columns).

    The top two rows repeat the last two frames of the column to the left.
    """

_ROWS = 32
_NEGLIGIBLE = 1e-20  # -400 dB


@dataclass(frozen=True, slots=True)
class Biquad:
    """Coefficients of a second-order filter section, normalised to a0 = 1."""

    b0: float
    b1: float
    b2: float
    a1: float
    a2: float


def k_filters(rate: int) -> tuple[Biquad, Biquad]:
    """Return the high shelf and the high-pass of the K-weighting for a sample rate in Hz.

    At 48 kHz these are the tables of BS.1770-4; at other rates they are derived from the prototypes
    in De Man, "Evaluation of implementations of the EBU R128 loudness measurement", AES 145.
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
    """K-weighting filter for consecutive blocks of a signal."""

    def __init__(self, rate: int, channels: int) -> None:
        """Take the sample rate in Hz and the number of channels."""
        self._stages = [_Stage(section, channels) for section in k_filters(rate)]
        self._last_input: NDArray[np.float64] = np.zeros((2, channels))
        self._buffers = np.zeros((3, 2 + _ROWS, channels, 0))

    def powers(self, planar: Planar) -> NDArray[np.float64]:
        """Filter the next block; return the squared frames, summed over the channels."""
        signal = self._run(planar)
        signal *= signal
        powers: NDArray[np.float64] = signal.sum(axis=1)
        return powers.T.reshape(-1)[: planar.shape[1]]

    def weighted(self, planar: Planar) -> NDArray[np.float64]:
        """Filter the next block; return the weighted frames in the shape of the input."""
        columns = self._run(planar).transpose(1, 2, 0).copy()
        return columns.reshape(planar.shape[0], -1)[:, : planar.shape[1]]

    def _run(self, planar: Planar) -> Columns:
        """Filter the next block; return all but the top two rows, valid until the next call."""
        channels, frames = planar.shape
        if not frames:
            return np.zeros((_ROWS, channels, 0))
        columns = -(-frames // _ROWS)
        if self._buffers.shape[3] != columns:
            self._buffers = np.zeros((3, 2 + _ROWS, channels, columns))
        signal, filtered, scratch = self._buffers
        padded = planar
        if frames < columns * _ROWS:
            padded = np.zeros((channels, columns * _ROWS), dtype=np.float32)
            padded[:, :frames] = planar
        signal[2:] = padded.reshape(channels, columns, _ROWS).transpose(2, 0, 1)
        signal[:2, :, 1:] = signal[-2:, :, :-1]
        signal[:2, :, 0] = self._last_input
        row = (frames - 1) % _ROWS + 1
        self._last_input = signal[row : row + 2, :, -1].copy()
        for stage in self._stages:
            stage.run(signal, filtered, scratch, row)
            signal, filtered = filtered, signal
        return signal[2:]


class _Stage:
    """A filter section with its state: the last two output frames, shape (2, channels)."""

    def __init__(self, section: Biquad, channels: int) -> None:
        self._section = section
        self._last_output: NDArray[np.float64] = np.zeros((2, channels))
        natural = np.zeros((2 + _ROWS, 2))
        natural[:2] = np.eye(2)
        for row in range(2, 2 + _ROWS):
            natural[row] = -section.a2 * natural[row - 2] - section.a1 * natural[row - 1]
        self._natural = natural[2:, :, None, None]

    def run(self, signal: Columns, out: Columns, scratch: Columns, row: int) -> None:
        """Filter ``signal`` into ``out``; its last two frames are in rows ``row`` and ``row + 1``.

        All columns are filtered in parallel from a zero state. The natural response to the two
        frames before each column is then added.
        """
        self._feed_forward(signal, out[2:], scratch)
        self._feed_back(out, scratch[:2])
        out[:2] = self._column_states(out[-2:])
        for state, response in enumerate(self._natural.swapaxes(0, 1)):
            out[2:] += np.multiply(response, out[state], out=scratch[2:])
        self._last_output = out[row : row + 2, :, -1].copy()

    def _feed_forward(self, signal: Columns, out: Columns, scratch: Columns) -> None:
        section = self._section
        if (section.b0, section.b1, section.b2) == (1, -2, 1):
            differences = np.subtract(signal[1:], signal[:-1], out=scratch[1:])
            np.subtract(differences[1:], differences[:-1], out=out)
            return
        np.multiply(signal[2:], section.b0, out=out)
        out += np.multiply(signal[1:-1], section.b1, out=scratch[2:])
        out += np.multiply(signal[:-2], section.b2, out=scratch[2:])

    def _feed_back(self, out: Columns, scratch: Columns) -> None:
        weights = np.array([[self._section.a2], [self._section.a1]])
        rows, weighted = out.reshape(2 + _ROWS, -1), scratch.reshape(2, -1)
        rows[:2] = 0
        for row in range(2, 2 + _ROWS):
            np.multiply(rows[row - 2 : row], weights, out=weighted)
            rows[row] -= weighted[0]
            rows[row] -= weighted[1]

    def _column_states(self, ends: Columns) -> Columns:
        """Return the two frames before each column, given each column's end from a zero state.

        A prefix sum: the natural response of the preceding 1, 2, 4... columns is added, through
        powers of the state transition matrix, until the powers are negligible.
        """
        (a, b), (c, d) = self._natural[-2:, :, 0, 0].tolist()
        states = np.concatenate((self._last_output[:, :, None], ends[:, :, :-1]), axis=2)
        span = 1
        while span < states.shape[2] and max(map(abs, (a, b, c, d))) > _NEGLIGIBLE:
            first, last = states[:, :, :-span].copy()
            states[0, :, span:] += first * a + last * b
            states[1, :, span:] += first * c + last * d
            a, b, c, d = a * a + b * c, a * b + b * d, c * a + d * c, c * b + d * d
            span *= 2
        return states
