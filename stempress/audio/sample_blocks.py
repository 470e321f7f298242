"""Samples in blocks: resampled by soxr, fitted to a length, regrouped, joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import soxr

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]

BLOCK_FRAMES = 1 << 16
"""Frames per block. Not larger, because libsndfile's Vorbis encoder keeps blocks on the stack."""


def resample(
    blocks: Iterable[Planar], channels: int, rate: int, target_rate: int
) -> Iterator[Planar]:
    """Convert to another sample rate (soxr, very high quality)."""
    stream = soxr.ResampleStream(rate, target_rate, channels, dtype="float32", quality="VHQ")
    for block in blocks:
        yield np.ascontiguousarray(stream.resample_chunk(block.T).T)
    tail = stream.resample_chunk(np.zeros((0, channels), dtype=np.float32), last=True)
    yield np.ascontiguousarray(tail.T)


def fit_length(blocks: Iterable[Planar], channels: int, frames: int) -> Iterator[Planar]:
    """Yield exactly ``frames`` frames, cut or padded with silence."""
    remaining = frames
    for block in blocks:
        if block.shape[1]:
            yield block[:, :remaining]
            remaining -= min(remaining, block.shape[1])
        if not remaining:
            return
    while remaining:
        count = min(remaining, BLOCK_FRAMES)
        yield np.zeros((channels, count), dtype=np.float32)
        remaining -= count


def regroup(blocks: Iterable[Planar], frames: int) -> Iterator[Planar]:
    """Yield the same audio in blocks of ``frames``; the last may be shorter."""
    pending: list[Planar] = []
    count = 0
    for block in blocks:
        pending.append(block)
        count += block.shape[1]
        while count >= frames:
            joined = np.concatenate(pending, axis=1)
            yield joined[:, :frames]
            pending, count = [joined[:, frames:]], count - frames
    if count:
        yield np.concatenate(pending, axis=1)


def join_blocks(blocks: Iterable[Planar]) -> Planar:
    """Concatenate blocks into one array."""
    return np.concatenate(list(blocks), axis=1)
