"""Compare what was heard with what the engine plays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]


def without_silence_before(heard: Planar) -> Planar:
    """Return what was heard from the first sample that is not zero."""
    return heard[:, int(np.argmax(heard.any(axis=0))) :]


def is_part_of(heard: Planar, whole: Planar) -> bool:
    """Say whether what was heard is, sample for sample, somewhere in the whole."""
    if not heard.any():
        return False
    begin = int(np.argmax(heard[0] != 0))  # silence would be found everywhere
    probe = heard[:, begin : begin + 64]
    last = whole.shape[1] - heard.shape[1]
    for at in np.flatnonzero(whole[0, begin : begin + last + 1] == probe[0, 0]):
        near = whole[:, begin + at : begin + at + 64]
        if np.array_equal(near, probe) and np.array_equal(
            whole[:, at : at + heard.shape[1]], heard
        ):
            return True
    return False


def place_of(heard: Planar, whole: Planar) -> int:
    """Return the frame of the whole from which its left channel differs least from what was heard.

    The squares of the differences are summed: a product alone would prefer a louder passage.
    """
    frames, last = heard.shape[1], whole.shape[1] - heard.shape[1]
    left, part = whole[0].astype(float), heard[0].astype(float)
    size = 1 << (whole.shape[1] + frames).bit_length()
    product = np.fft.irfft(np.fft.rfft(left, size) * np.conj(np.fft.rfft(part, size)), size)
    energy = np.concatenate([[0], np.cumsum(left * left)])
    return int(np.argmin(energy[frames:] - energy[: last + 1] - 2 * product[: last + 1]))


def difference(heard: Planar, whole: Planar) -> float:
    """Return the largest difference from the place in the whole that is most like it."""
    start = place_of(heard, whole)
    return float(np.abs(whole[:, start : start + heard.shape[1]] - heard).max())
