"""PCM quantisation, dither and WAV files."""

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
from pyodide_app.engine.riff import wav_file
from pyodide_app.engine.tags import MusicalKey, Tags

TAGS = Tags("Ebb & Flöde", "Mara", "Landfall", isrc="QZK6P2600022", mix="3-1-4")
BITS: tuple[Bits, ...] = get_args(Bits.__value__)


@pytest.mark.parametrize("bits", BITS)
def test_exact_samples_are_preserved(bits: Bits) -> None:
    full_scale = 1 << (bits - 1)
    samples = np.random.default_rng(1).integers(-full_scale, full_scale, (2, 999))
    samples[0, :2] = -full_scale, full_scale - 1
    assert np.array_equal(samples, quantise((samples / full_scale).astype(np.float64), bits))


@pytest.mark.parametrize("bits", BITS)
@pytest.mark.parametrize("channels", [1, 2])
def test_libsndfile_reads_the_file(bits: Bits, channels: int) -> None:
    signal = np.random.default_rng(2).uniform(-1, 1, (channels, 1001)).astype(np.float32)
    read, rate = soundfile.read(
        io.BytesIO(wav_file(signal, 44100, bits, TAGS)), dtype="int32", always_2d=True
    )
    assert rate == 44100
    assert np.array_equal(quantise(signal, bits), read.T >> (32 - bits))


def test_samples_beyond_full_scale_are_clipped() -> None:
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
def test_dither_depends_on_the_frame_only(first: int, sizes: list[int]) -> None:
    starts = np.cumsum([first, *sizes]).tolist()
    blocks = [dither(start, size) for start, size in zip(starts, sizes, strict=False)]
    assert np.array_equal(dither(first, sum(sizes)), np.concatenate(blocks, axis=1))


def test_a_level_below_one_lsb_survives_in_16_bits() -> None:
    faint = np.full((2, 200_000), 0.3 / 32768, dtype=np.float32)
    samples = quantise(faint, 16)
    assert samples.mean(axis=1) == pytest.approx(0.3, abs=0.01)
    assert set(np.unique(samples)) == {-1, 0, 1}


def test_exact_16_bit_samples_are_not_dithered() -> None:
    samples = np.random.default_rng(3).integers(-32768, 32768, (2, 1000))
    signal = (samples / 32768).astype(np.float32)
    signal[0, ::2] *= np.float32(0.3)
    out = quantise(signal, 16)
    assert np.array_equal(samples[1], out[1])
    assert np.array_equal(samples[0, 1::2], out[0, 1::2])


@given(st.lists(st.integers(1, 400), min_size=1, max_size=8), st.sampled_from(BITS))
def test_blocks_of_any_size_give_the_same_bytes(sizes: list[int], bits: Bits) -> None:
    signal = np.random.default_rng(4).uniform(-1.1, 1.1, (2, sum(sizes))).astype(np.float32)
    blocks, frame = [], 0
    for size in sizes:
        blocks.append(pcm_bytes(signal[:, frame : frame + size], bits, frame))
        frame += size
    assert pcm_bytes(signal, bits) == b"".join(blocks)


def chunks(data: bytes) -> dict[bytes, bytes]:
    by_id, position = {}, 12
    while position < len(data):
        size = int.from_bytes(data[position + 4 : position + 8], "little")
        by_id[data[position : position + 4]] = data[position + 8 : position + 8 + size]
        position += 8 + size + size % 2
    assert position == len(data)
    return by_id


def test_the_file_contains_its_tags() -> None:
    data = wav_file(np.zeros((2, 10), dtype=np.float32), 48000, 24, TAGS)
    by_id = chunks(data)
    assert list(by_id) == [b"bext", b"fmt ", b"LIST", b"axml", b"id3 ", b"data"]
    bext = by_id[b"bext"]
    assert bext[:256].rstrip(b"\0") == b"Mara, Ebb & Flode, mix 3-1-4"
    assert bext[288:320].rstrip(b"\0") == b"QZK6P2600022"
    assert bext[346:348] == b"\x01\x00"
    assert bext[602:] == b"A=PCM,F=48000,W=24,M=stereo,T=Stempress\r\n"
    assert "Ebb & Flöde".encode() in by_id[b"LIST"]
    axml = ET.fromstring(by_id[b"axml"])  # noqa: S314 - our own
    assert [element.text for element in axml.iter() if element.text] == ["ISRC:QZK6P2600022"]
    with soundfile.SoundFile(io.BytesIO(data)) as read:
        assert read.copy_metadata()["title"] == "Ebb & Flöde"
        assert read.copy_metadata()["artist"] == "Mara"


def test_a_mono_file_of_odd_size_is_padded() -> None:
    data = wav_file(np.ones((1, 3), dtype=np.float32), 48000, 24, Tags())
    assert len(data) % 2 == 0
    assert len(data) == int.from_bytes(data[4:8], "little") + 8
    assert len(chunks(data)[b"data"]) == 9


@pytest.mark.parametrize(
    ("text", "short", "pitch_class"),
    [
        ("F# minor", "F#m", 6),
        ("c", "C", 0),
        ("B♭ major", "Bb", 10),
        ("Cb", "Cb", 11),
        ("bm", "Bm", 11),
    ],
)
def test_keys_as_artists_write_them(text: str, short: str, pitch_class: int) -> None:
    key = MusicalKey.parse(text)
    assert key is not None
    assert (key.short, key.pitch_class) == (short, pitch_class)


@pytest.mark.parametrize("text", ["", "H", "F# dorian", "atonal"])
def test_other_texts_are_no_keys(text: str) -> None:
    assert MusicalKey.parse(text) is None


def test_without_an_isrc_there_is_no_axml_chunk() -> None:
    assert b"axml" not in wav_file(np.zeros((1, 2), dtype=np.float32), 48000, 16, Tags())
