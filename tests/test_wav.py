"""The bounce."""

from __future__ import annotations

import io
from typing import get_args

import numpy as np
import pytest
import soundfile

from pyodide_app.engine.wav import Bits, pcm, quantised, wav_bytes

BITS: tuple[Bits, ...] = get_args(Bits.__value__)


@pytest.mark.parametrize("bits", BITS)
def test_words_of_their_own_width_come_back(bits: Bits) -> None:
    full = 1 << (bits - 1)
    words = np.random.default_rng(1).integers(-full, full, (2, 999))
    words[0, :2] = -full, full - 1
    assert np.array_equal(words, quantised((words / full).astype(np.float64), bits))


@pytest.mark.parametrize("bits", BITS)
@pytest.mark.parametrize("channels", [1, 2])
def test_other_programs_read_the_file(bits: Bits, channels: int) -> None:
    signal = np.random.default_rng(2).uniform(-1, 1, (channels, 1001)).astype(np.float32)
    read, rate = soundfile.read(
        io.BytesIO(wav_bytes(signal, 44100, bits)), dtype="int32", always_2d=True
    )
    assert rate == 44100
    assert np.array_equal(quantised(signal, bits), read.T >> (32 - bits))


def test_what_is_too_loud_is_clipped() -> None:
    loud = np.array([[2.0, -2.0, 1.0]], dtype=np.float32)
    assert quantised(loud, 16).tolist() == [[32767, -32768, 32767]]


def test_channels_are_interleaved_little_endian() -> None:
    signal = np.array([[1 / 32768], [-1 / 32768]], dtype=np.float32)
    assert pcm(signal, 16) == b"\x01\x00\xff\xff"
    assert pcm(signal, 24) == b"\x00\x01\x00\x00\xff\xff"


def test_the_data_chunk_is_padded_to_an_even_length() -> None:
    data = wav_bytes(np.zeros((1, 1), dtype=np.float32), 48000, 24)
    assert len(data) % 2 == 0
    assert int.from_bytes(data[4:8], "little") == len(data) - 8
