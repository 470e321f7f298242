"""The bounce: float samples to 16- or 24-bit words, dithered where that takes bits away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]

type Bits = Literal[16, 24]

SEED = 0
"""Of the dither: whoever bounces a mix gets the same words."""


def quantised(planar: Planar, bits: Bits, frame: int = 0) -> NDArray[np.int32]:
    """Return words, shape (channels, frames), clipped to what ``bits`` can hold.

    To 24 bits samples are rounded: float32 has no more. To 16 they are rounded after TPDF dither,
    which is addressed by the absolute frame: ``frame`` is that of the first. Samples that are
    16-bit words already, silence among them, stay as they are.
    """
    full = 1 << (bits - 1)
    exact = planar.astype(np.float64) * full
    words = np.rint(exact)
    if bits == 16 and not np.array_equal(words, exact):
        noise = dither(frame, planar.shape[1])[: planar.shape[0]]
        words = np.where(words == exact, words, np.rint(exact + noise))
    return np.clip(words, -full, full - 1).astype(np.int32)


def dither(frame: int, count: int, seed: int = SEED) -> NDArray[np.float64]:
    """Return triangular noise of +-1 step for left and right, shape (2, count).

    From SplitMix64 (Steele, Lea and Flood 2014), whose n-th number follows from n: each gives four
    uniform numbers of 16 bits, and a difference of two of them is triangular.
    """
    state: NDArray[np.uint64] = np.arange(frame + 1, frame + 1 + count, dtype=np.uint64)
    state = state * np.uint64(0x9E3779B97F4A7C15) + np.uint64(seed)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    state ^= state >> np.uint64(31)
    parts = [
        (state >> np.uint64(at) & np.uint64(0xFFFF)).astype(np.float64) for at in (0, 16, 32, 48)
    ]
    return np.stack((parts[0] - parts[1], parts[2] - parts[3])) / 65536


def pcm(planar: Planar, bits: Bits, frame: int = 0) -> bytes:
    """Return interleaved little-endian words; ``frame`` as for ``quantised``."""
    words = np.ascontiguousarray(quantised(planar, bits, frame).T)
    if bits == 16:
        return words.astype("<i2").tobytes()
    return words.astype("<i4").view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
