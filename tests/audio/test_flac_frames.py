"""Where to read a FLAC file from; tests/web/test_codecs.py decodes from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from stempress.audio.encode import encode
from stempress.audio.flac_frames import frame_starts
from stempress.audio.sound import Sound

if TYPE_CHECKING:
    from pathlib import Path

BLOCK = 4096
"""Frames of a block, as libsndfile writes them."""


@pytest.mark.parametrize("rate", [44100, 96000])
def test_each_start_is_a_frame_at_or_before_its_time(tmp_path: Path, rate: int) -> None:
    samples = np.random.default_rng(1).uniform(-1, 1, (1, 9 * rate)).astype(np.float32)
    path = tmp_path / "a.flac"
    path.write_bytes(encode(Sound(samples, rate, 16), "flac", 0))
    starts = frame_starts(path, 2, rate)
    data = path.read_bytes()
    assert starts[0] == 0
    for nth, start in enumerate(starts[1:], 1):
        assert data[start : start + 2] == b"\xff\xf8"
        coded = data[start + 4 : start + 7].decode("utf-8", "ignore")
        assert ord(coded[0]) == 2 * nth * rate // BLOCK
    assert len(starts) == 5


def test_a_file_of_one_frame_is_read_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    path.write_bytes(encode(Sound(np.zeros((2, 7), dtype=np.float32), 48000, 24), "flac", 0))
    assert frame_starts(path, 2, 48000) == [0]
