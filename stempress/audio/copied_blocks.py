"""A sound's samples, written to a copy while they are decoded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import soundfile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from stempress.audio.decode import Source

    type Planar = NDArray[np.float32]


def copied_blocks(source: Source, copy: Path) -> Iterator[Planar]:
    """Yield a source's blocks, and write them to ``copy``; a disk that is full is ignored.

    16-bit samples are written as integers, all others as float32: both are exact.
    """
    file = _open_copy(source, copy)
    try:
        for block in source.blocks():
            if file and not _write_copy(file, block.T, source.bits):
                file.close()
                copy.unlink(missing_ok=True)
                file = None
            yield block
    finally:
        if file:
            file.close()


def _open_copy(source: Source, copy: Path) -> soundfile.SoundFile | None:
    subtype = "PCM_16" if source.bits == 16 else "FLOAT"
    try:
        return soundfile.SoundFile(copy, "w", source.rate, source.channels, subtype, format="W64")
    except (soundfile.LibsndfileError, RuntimeError, OSError):
        return None


def _write_copy(file: soundfile.SoundFile, interleaved: Planar, bits: int) -> bool:
    """Write frames; return whether that succeeded."""
    try:
        file.write(np.rint(interleaved * 32768).astype(np.int16) if bits == 16 else interleaved)
    except (soundfile.LibsndfileError, RuntimeError, OSError):
        return False
    return True
