"""The bounce: float samples to 16- or 24-bit words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]

type Bits = Literal[16, 24]


def quantised(planar: Planar, bits: Bits) -> NDArray[np.int32]:
    """Return the nearest words, shape (channels, frames), clipped to what ``bits`` can hold."""
    full = 1 << (bits - 1)
    words = np.rint(planar.astype(np.float64) * full)
    return np.clip(words, -full, full - 1).astype(np.int32)


def pcm(planar: Planar, bits: Bits) -> bytes:
    """Return interleaved little-endian words."""
    words = np.ascontiguousarray(quantised(planar, bits).T)
    if bits == 16:
        return words.astype("<i2").tobytes()
    return words.astype("<i4").view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
