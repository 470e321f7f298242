"""Quantisation of float samples to 16- or 24-bit PCM, with dither where precision is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]

type Bits = Literal[16, 24]

_BLOCK_FRAMES = 1 << 16
SEED = 0
"""Seed of the dither: everyone who bounces a mix gets the same samples."""


def quantise(planar: Planar, bits: Bits, frame: int = 0) -> NDArray[np.int32]:
    """Return integer samples, shape (channels, frames), clipped to the range of ``bits``.

    24-bit samples are rounded, as float32 has no more precision. 16-bit samples are rounded after
    TPDF dither, which depends on the absolute frame; ``frame`` is that of the first sample.
    Samples that are exact in 16 bits, silence included, stay as they are.
    """
    full_scale = 1 << (bits - 1)
    scaled = planar.astype(np.float64) * full_scale
    samples = np.rint(scaled)
    if bits == 16 and not np.array_equal(samples, scaled):
        noise = dither(frame, planar.shape[1])[: planar.shape[0]]
        samples = np.where(samples == scaled, samples, np.rint(scaled + noise))
    return np.clip(samples, -full_scale, full_scale - 1).astype(np.int32)


def dither(frame: int, count: int, seed: int = SEED) -> NDArray[np.float64]:
    """Return triangular noise of +-1 LSB for left and right, shape (2, count).

    From SplitMix64 (Steele, Lea and Flood 2014), whose n-th output can be computed directly. Each
    output gives four uniform 16-bit numbers; the difference of two of them is triangular.
    """
    state: NDArray[np.uint64] = np.arange(frame + 1, frame + 1 + count, dtype=np.uint64)
    state = state * np.uint64(0x9E3779B97F4A7C15) + np.uint64(seed)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    state ^= state >> np.uint64(31)
    uniform = [
        (state >> np.uint64(shift) & np.uint64(0xFFFF)).astype(np.float64)
        for shift in (0, 16, 32, 48)
    ]
    return np.stack((uniform[0] - uniform[1], uniform[2] - uniform[3])) / 65536


def pcm_bytes(planar: Planar, bits: Bits, frame: int = 0) -> bytes:
    """Return interleaved little-endian samples; ``frame`` as for ``quantise``."""
    starts = range(0, planar.shape[1], _BLOCK_FRAMES)
    blocks = (
        quantise(planar[:, start : start + _BLOCK_FRAMES], bits, frame + start) for start in starts
    )
    if bits == 16:
        return b"".join(block.T.astype("<i2").tobytes() for block in blocks)
    return b"".join(
        block.T.astype("<i4", order="C").view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
        for block in blocks
    )
