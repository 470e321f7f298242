"""A whole sound in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stempress.audio.decode import UnreadableError, open_source
from stempress.audio.sample_blocks import join_blocks

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """Decoded audio: float32 samples of shape (channels, frames), rate in Hz, word length."""

    samples: Planar
    rate: int
    bits: int

    @property
    def frames(self) -> int:
        """Length in frames."""
        return int(self.samples.shape[1])

    @property
    def channels(self) -> int:
        """Number of channels, 1 or 2."""
        return int(self.samples.shape[0])


def decode(path: Path) -> Sound:
    """Decode a whole audio file; UnreadableError if it cannot be used."""
    source = open_source(path)
    try:
        return Sound(join_blocks(source.blocks()), source.rate, source.bits)
    except MemoryError:
        raise UnreadableError("it is too long to fit in memory") from None
