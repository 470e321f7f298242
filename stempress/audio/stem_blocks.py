"""A stem's samples at its song's rate and length, block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stempress.audio.decode import open_source
from stempress.audio.sample_blocks import fit_length, resample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from stempress.audio.song_sound import SongSound

    type Planar = NDArray[np.float32]

_FULL_SCALE = np.float32(1 << 23)


def stem_blocks(path: Path, song: SongSound) -> Iterator[Planar]:
    """Yield a stem at its song's rate and length, exact in 16 or 24 bits, as FLAC needs it."""
    source = open_source(path)
    blocks = source.blocks()
    if source.rate != song.rate:
        blocks = resample(blocks, source.channels, source.rate, song.rate)
    if source.rate != song.rate or source.bits > 16:
        blocks = map(_round_to_24_bits, blocks)
    return fit_length(blocks, source.channels, song.frames)


def stem_bits(path: Path, song: SongSound) -> int:
    """Return the word length of ``stem_blocks``, 16 or 24 bits."""
    source = open_source(path)
    return source.bits if source.rate == song.rate else 24


def _round_to_24_bits(block: Planar) -> Planar:
    """Round to the nearest 24-bit values, which float32 holds exactly."""
    scaled = np.clip(np.rint(block * _FULL_SCALE), -_FULL_SCALE, _FULL_SCALE - 1)
    rounded: Planar = scaled / _FULL_SCALE
    return rounded
