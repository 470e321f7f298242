"""Sound files with any damage are read or refused, in bounded time and memory."""

from __future__ import annotations

import io
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile
from hypothesis import strategies as st

from stempress.audio.decode import UnreadableError, open_source
from stempress.audio.measure import measure_file
from tests.support.fuzzing import fuzzed
from tests.support.music import notes

if TYPE_CHECKING:
    from collections.abc import Callable

FORMATS = (
    ("WAV", "PCM_16"),
    ("WAV", "FLOAT"),
    ("WAVEX", "PCM_24"),
    ("RF64", "PCM_24"),
    ("AIFF", "PCM_24"),
    ("FLAC", "PCM_16"),
    ("OGG", "VORBIS"),
    ("OGG", "OPUS"),
    ("MP3", "MPEG_LAYER_III"),
)
FRAMES = 9600
EDITS: dict[str, Callable[[bytes, int, bytes], bytes]] = {
    "overwrite": lambda data, at, new: data[:at] + new + data[at + len(new) :],
    "insert": lambda data, at, new: data[:at] + new + data[at:],
    "delete": lambda data, at, new: data[:at] + data[at + 1 + len(new) :],
    "cut": lambda data, at, _: data[:at],
    "repeat": lambda data, at, _: data[:at] + data[at : at + 64] + data[at:],
    "append": lambda data, _, new: data + b"LIST" + len(new).to_bytes(4, "little") + new,
}
BYTES = st.binary(max_size=8) | st.sampled_from(
    [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"data", b"LIST", b"SSND", b"fLaC"]
)
EDIT = st.tuples(st.sampled_from([*EDITS]), st.booleans(), st.integers(0, 1 << 16), BYTES)


@cache
def whole(form: str, subtype: str) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, notes(1, seconds=FRAMES / 48000), 48000, subtype, format=form)
    return buffer.getvalue()


def damaged(data: bytes, edits: list[tuple[str, bool, int, bytes]]) -> bytes:
    """Return a file after edits, in its header or anywhere."""
    for name, in_header, place, new in edits:
        span = min(len(data), 128) if in_header else len(data)
        data = EDITS[name](data, place % (span + 1), new)
    return data


@fuzzed(st.sampled_from(FORMATS), st.lists(EDIT, min_size=1, max_size=4), examples=100)
def test_a_damaged_sound_file_is_read_or_refused(
    kind: tuple[str, str], edits: list[tuple[str, bool, int, bytes]]
) -> None:
    content = damaged(whole(*kind), edits)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any"
        path.write_bytes(content)
        try:
            source = open_source(path)
            frames = 0
            for block in source.blocks():
                assert np.isfinite(block).all()
                assert block.shape[0] == source.channels
                frames += block.shape[1]
            assert frames >= source.frames > 0
        except UnreadableError:
            pass
        result = measure_file(path, "digest", None)
        assert isinstance(result, str) or result.frames > 0
