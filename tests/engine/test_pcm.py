"""The bounce."""

from __future__ import annotations

import io
from typing import get_args
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from pyodide_app.engine.pcm import Bits, dither, pcm_bytes, quantise
from pyodide_app.engine.riff import Tags, wav_file

TAGS = Tags("Ebb & Flöde", "Mara", "Landfall", "QZK6P2600022", "3-1-4")
BITS: tuple[Bits, ...] = get_args(Bits.__value__)


@pytest.mark.parametrize("bits", BITS)
def test_words_of_their_own_width_come_back(bits: Bits) -> None:
    full = 1 << (bits - 1)
    words = np.random.default_rng(1).integers(-full, full, (2, 999))
    words[0, :2] = -full, full - 1
    assert np.array_equal(words, quantise((words / full).astype(np.float64), bits))


@pytest.mark.parametrize("bits", BITS)
@pytest.mark.parametrize("channels", [1, 2])
def test_other_programs_read_the_file(bits: Bits, channels: int) -> None:
    signal = np.random.default_rng(2).uniform(-1, 1, (channels, 1001)).astype(np.float32)
    read, rate = soundfile.read(
        io.BytesIO(wav_file(signal, 44100, bits, TAGS)), dtype="int32", always_2d=True
    )
    assert rate == 44100
    assert np.array_equal(quantise(signal, bits), read.T >> (32 - bits))


def test_what_is_too_loud_is_clipped() -> None:
    loud = np.array([[2.0, -2.0, 1.0]], dtype=np.float32)
    assert quantise(loud, 16).tolist() == [[32767, -32768, 32767]]


def test_channels_are_interleaved_little_endian() -> None:
    signal = np.array([[1 / 32768], [-1 / 32768]], dtype=np.float32)
    assert pcm_bytes(signal, 16) == b"\x01\x00\xff\xff"
    assert pcm_bytes(signal, 24) == b"\x00\x01\x00\x00\xff\xff"


def test_the_data_chunk_is_padded_to_an_even_length() -> None:
    data = wav_file(np.zeros((1, 1), dtype=np.float32), 48000, 24, TAGS)
    assert len(data) % 2 == 0
    assert int.from_bytes(data[4:8], "little") == len(data) - 8


def test_dither_is_triangular_and_seeded() -> None:
    noise = dither(0, 200_000)
    assert np.array_equal(noise, dither(0, 200_000))
    assert not np.array_equal(noise, dither(0, 200_000, seed=6))
    assert np.abs(noise).max() < 1
    assert noise.mean(axis=1) == pytest.approx(0, abs=0.005)
    assert noise.var(axis=1) == pytest.approx(1 / 6, rel=0.01)
    assert np.corrcoef(noise)[0, 1] == pytest.approx(0, abs=0.01)
    assert np.corrcoef(noise[:, 1:], noise[:, :-1]) == pytest.approx(np.eye(4), abs=0.01)


@given(st.integers(0, 1 << 40), st.lists(st.integers(1, 300), min_size=1, max_size=8))
def test_dither_belongs_to_its_frame(first: int, sizes: list[int]) -> None:
    starts = np.cumsum([first, *sizes]).tolist()
    blocks = [dither(at, size) for at, size in zip(starts, sizes, strict=False)]
    assert np.array_equal(dither(first, sum(sizes)), np.concatenate(blocks, axis=1))


def test_a_level_below_one_word_survives_in_16_bits() -> None:
    faint = np.full((2, 200_000), 0.3 / 32768, dtype=np.float32)
    words = quantise(faint, 16)
    assert words.mean(axis=1) == pytest.approx(0.3, abs=0.01)
    assert set(np.unique(words)) == {-1, 0, 1}


def test_words_that_are_there_already_are_not_dithered() -> None:
    words = np.random.default_rng(3).integers(-32768, 32768, (2, 1000))
    signal = (words / 32768).astype(np.float32)
    signal[0, ::2] *= np.float32(0.3)
    out = quantise(signal, 16)
    assert np.array_equal(words[1], out[1])
    assert np.array_equal(words[0, 1::2], out[0, 1::2])


@given(st.lists(st.integers(1, 400), min_size=1, max_size=8), st.sampled_from(BITS))
def test_blocks_are_the_words_of_the_whole(sizes: list[int], bits: Bits) -> None:
    signal = np.random.default_rng(4).uniform(-1.1, 1.1, (2, sum(sizes))).astype(np.float32)
    blocks, frame = [], 0
    for size in sizes:
        blocks.append(pcm_bytes(signal[:, frame : frame + size], bits, frame))
        frame += size
    assert pcm_bytes(signal, bits) == b"".join(blocks)


def chunks(data: bytes) -> dict[bytes, bytes]:
    found, at = {}, 12
    while at < len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        found[data[at : at + 4]] = data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    assert at == len(data)
    return found


def test_the_file_says_what_it_is_of() -> None:
    data = wav_file(np.zeros((2, 10), dtype=np.float32), 48000, 24, TAGS)
    found = chunks(data)
    assert list(found) == [b"bext", b"fmt ", b"LIST", b"axml", b"data"]
    bext = found[b"bext"]
    assert bext[:256].rstrip(b"\0") == b"Mara, Ebb & Fl?de, mix 3-1-4"
    assert bext[288:320].rstrip(b"\0") == b"QZK6P2600022"
    assert bext[346:348] == b"\x01\x00"
    assert bext[602:] == b"A=PCM,F=48000,W=24,M=stereo,T=Stempress\r\n"
    assert "Ebb & Flöde".encode() in found[b"LIST"]
    axml = ET.fromstring(found[b"axml"])  # noqa: S314 - our own
    assert [it.text for it in axml.iter() if it.text] == ["ISRC:QZK6P2600022"]
    with soundfile.SoundFile(io.BytesIO(data)) as read:
        assert read.copy_metadata()["title"] == "Ebb & Flöde"
        assert read.copy_metadata()["artist"] == "Mara"


def test_without_an_isrc_there_is_no_chunk_for_it() -> None:
    assert b"axml" not in wav_file(np.zeros((1, 2), dtype=np.float32), 48000, 16, Tags())
