"""A stem that is decoded in chunks reads like one that is held whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyodide_app.engine.chunked_stem import ChunkedStem, NotArrivedError
from pyodide_app.engine.mix import StemAudio

if TYPE_CHECKING:
    from numpy.typing import NDArray

CHUNK, FRAMES = 50, 333
SAMPLES = np.arange(2 * FRAMES, dtype=np.float32).reshape(2, FRAMES) / np.float32(1000)
PADDED = np.pad(SAMPLES, ((0, 0), (0, CHUNK)))


def decode(chunk: int, target: NDArray[np.float32]) -> bool:
    target[:] = PADDED[:, chunk * CHUNK :][:, :CHUNK]
    return True


def chunked(slots: int = 3) -> ChunkedStem:
    return ChunkedStem(decode, channels=2, frames=FRAMES, chunk_frames=CHUNK, slots=slots)


@given(st.lists(st.tuples(st.integers(0, FRAMES + 20), st.integers(0, 200)), max_size=8))
def test_runs_are_those_of_the_whole_stem(runs: list[tuple[int, int]]) -> None:
    stem, whole = chunked(), StemAudio.from_float(SAMPLES)
    for start, count in runs:
        wanted = slice(start, start + count)
        np.testing.assert_array_equal(stem.read(wanted), whole.read(wanted) * whole.scale)


@given(st.lists(st.integers(0, FRAMES + 50), min_size=1, max_size=300))
def test_scattered_frames_are_those_of_the_whole_stem(frames: list[int]) -> None:
    index = np.array(frames, dtype=np.intp)
    whole = StemAudio.from_float(SAMPLES)
    np.testing.assert_array_equal(chunked().read(index), whole.read(index) * whole.scale)


def test_memory_does_not_grow_with_what_is_read() -> None:
    stem = chunked(slots=3)
    stem.read(slice(0, FRAMES))
    assert stem.nbytes == 3 * 2 * CHUNK * 4


def test_what_has_not_arrived_is_read_once_it_has() -> None:
    arrived = {0}
    stem = ChunkedStem(
        lambda chunk, target: chunk in arrived and decode(chunk, target),
        channels=2,
        frames=FRAMES,
        chunk_frames=CHUNK,
        slots=1,
    )
    with pytest.raises(NotArrivedError):
        stem.read(slice(0, 100))
    arrived.update({1, 2})
    np.testing.assert_array_equal(stem.read(slice(0, 100)), SAMPLES[:, :100])
