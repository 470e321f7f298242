"""What decodes the files that the mixer plays to the samples that browsers get.

Decoders of one format differ in last bits, and so would the digests of mixes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from stempress.audio.song_sound import SongSound


class EncodedStem(NamedTuple):
    """A stem's file, with its number of channels."""

    path: Path
    channels: int


class StreamDecoder(Protocol):
    """Decodes files of one codec."""

    @property
    def key(self) -> str:
        """A hash of what the samples depend on, beside the files."""

    def decode(
        self, stems: Sequence[EncodedStem], sound: SongSound, window: int
    ) -> Iterator[list[NDArray[np.float32]]]:
        """Yield the next ``window`` frames of all stems, shape (channels, frames) each."""
