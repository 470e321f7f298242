"""The bounce: float samples to 16- or 24-bit words, and a WAV file around them."""

from __future__ import annotations

from struct import pack
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


def wav_bytes(planar: Planar, rate: int, bits: Bits) -> bytes:
    """Return a canonical RIFF/WAVE file: a 16-byte ``fmt `` chunk, then ``data``."""
    data = pcm(planar, bits)
    channels = planar.shape[0]
    frame = channels * bits // 8
    form = pack("<HHIIHH", 1, channels, rate, rate * frame, frame, bits)
    pad = b"\0" * (len(data) % 2)
    return b"".join(
        (
            b"RIFF",
            pack("<I", 36 + len(data) + len(pad)),
            b"WAVEfmt ",
            pack("<I", 16),
            form,
            b"data",
            pack("<I", len(data)),
            data,
            pad,
        )
    )
