"""A stem whose samples are decoded in chunks as the mixer reads them, and held only for a while."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]
    type Decode = Callable[[int, Planar], bool]
    """``decode(chunk, target)`` fills ``target``, shape (channels, chunk frames).

    It returns False if the chunk cannot be decoded yet.
    """


class NotArrivedError(Exception):
    """Samples that cannot be decoded yet; whoever renders tries again later."""


class ChunkedStem:
    """Reads like ``StemAudio``, and holds at most ``slots`` decoded chunks, the latest used."""

    scale = np.float32(1)

    def __init__(
        self, decode: Decode, *, channels: int, frames: int, chunk_frames: int, slots: int = 10
    ) -> None:
        """Take what decodes a chunk, and the stem's format."""
        self._decode = decode
        self.channels, self.frames = channels, frames
        self._chunk_frames = chunk_frames
        self._slots = np.zeros((slots, channels, chunk_frames), dtype=np.float32)
        self._slot_of: OrderedDict[int, int] = OrderedDict()  # by chunk, the least recent first
        self._free = list(range(slots))

    @property
    def nbytes(self) -> int:
        """Size of the decoded chunks in memory."""
        return int(self._slots.nbytes)

    def read(self, frames: slice | NDArray[np.intp]) -> Planar:
        """Return samples by frame index, as ``StemAudio.read`` does.

        Raises NotArrivedError.
        """
        if isinstance(frames, slice):
            return self._read_run(frames.start, min(frames.stop, self.frames))
        samples = np.empty((self.channels, frames.size), dtype=np.float32)
        chunks, offsets = np.divmod(np.minimum(frames, self.frames - 1), self._chunk_frames)
        for chunk in np.unique(chunks):
            here = chunks == chunk
            samples[:, here] = self._chunk(int(chunk))[:, offsets[here]]
        samples[:, frames >= self.frames] = 0
        return samples

    def _read_run(self, start: int, stop: int) -> Planar:
        count = max(stop - start, 0)
        chunk, offset = divmod(start, self._chunk_frames)
        if 0 < count <= self._chunk_frames - offset:
            return self._chunk(chunk)[:, offset : offset + count]
        samples = np.empty((self.channels, count), dtype=np.float32)
        done = 0
        while done < count:
            chunk, offset = divmod(start + done, self._chunk_frames)
            size = min(self._chunk_frames - offset, count - done)
            samples[:, done : done + size] = self._chunk(chunk)[:, offset : offset + size]
            done += size
        return samples

    def _chunk(self, chunk: int) -> Planar:
        if chunk in self._slot_of:
            self._slot_of.move_to_end(chunk)
            samples: Planar = self._slots[self._slot_of[chunk]]
            return samples
        slot = self._free.pop() if self._free else self._slot_of.popitem(last=False)[1]
        samples = self._slots[slot]
        if not self._decode(chunk, samples):
            self._free.append(slot)
            raise NotArrivedError
        self._slot_of[chunk] = slot
        return samples
