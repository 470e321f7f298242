"""Sound files whose headers are wrong are read as what they hold."""

from __future__ import annotations

import struct
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from stempress.audio.decode import UnreadableError, open_source
from stempress.audio.mp3_frames import with_frame_count
from stempress.audio.repair import repaired

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

RATE = 48_000
SOUND = (0.5 * np.sin(np.arange(2 * RATE) * 0.05)).astype(np.float32)
TRAILER = b"LIST" + struct.pack("<I", 26) + b"INFOINAM" + struct.pack("<I", 14) + b"hello world!!\0"


def decoded(path: Path) -> NDArray[np.float32]:
    """Return a file's samples as the build decodes them."""
    source = open_source(path)
    samples: NDArray[np.float32] = np.concatenate([*source.blocks()], axis=1)[0]
    assert len(samples) == source.frames
    return samples


def written(path: Path, subtype: str | None = None, **options: str) -> bytearray:
    soundfile.write(path, SOUND, RATE, subtype=subtype, **options)
    return bytearray(path.read_bytes())


def test_files_with_right_headers_are_read_as_they_are(tmp_path: Path) -> None:
    for name in ("a.wav", "a.flac", "a.aiff", "a.mp3", "a.ogg"):
        written(tmp_path / name)
        assert repaired(tmp_path / name) == tmp_path / name


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24"])
def test_a_flac_file_that_states_no_samples_is_read_to_its_end(
    tmp_path: Path, subtype: str
) -> None:
    data = written(tmp_path / "a.flac", subtype)
    whole = decoded(tmp_path / "a.flac")
    data[21] &= 0xF0
    data[22:26] = bytes(4)
    (tmp_path / "b.flac").write_bytes(data)
    assert np.array_equal(decoded(tmp_path / "b.flac"), whole)


@pytest.mark.parametrize("length", [0, 0x7FFF_F000, 0xFFFF_FFFF])
@pytest.mark.parametrize("trailer", [b"", TRAILER, TRAILER * 2])
def test_a_wav_file_without_a_length_ends_before_its_last_chunks(
    tmp_path: Path, length: int, trailer: bytes
) -> None:
    data = written(tmp_path / "a.wav", "PCM_24")
    whole = decoded(tmp_path / "a.wav")
    struct.pack_into("<I", data, data.find(b"data") + 4, length)
    (tmp_path / "b.wav").write_bytes(data + trailer)
    assert np.array_equal(decoded(tmp_path / "b.wav"), whole)


def test_bw64_is_read(tmp_path: Path) -> None:
    data = written(tmp_path / "a.wav", "PCM_16", format="RF64")
    whole = decoded(tmp_path / "a.wav")
    (tmp_path / "b.wav").write_bytes(b"BW64" + data[4:])
    assert np.array_equal(decoded(tmp_path / "b.wav"), whole)


@pytest.mark.parametrize("length", [0, 0xFFFF_FFFF_FFFF_FFFF])
def test_rf64_without_a_length_is_read_to_its_end(tmp_path: Path, length: int) -> None:
    data = written(tmp_path / "a.wav", "PCM_16", format="RF64")
    whole = decoded(tmp_path / "a.wav")
    struct.pack_into("<Q", data, data.find(b"ds64") + 16, length)
    (tmp_path / "b.wav").write_bytes(data)
    assert np.array_equal(decoded(tmp_path / "b.wav"), whole)


def test_a_wav_header_from_early_in_the_recording_is_not_believed(tmp_path: Path) -> None:
    data = written(tmp_path / "a.wav", "PCM_16")
    whole = decoded(tmp_path / "a.wav")
    struct.pack_into("<I", data, data.find(b"data") + 4, 1000)
    (tmp_path / "b.wav").write_bytes(data)
    assert np.array_equal(decoded(tmp_path / "b.wav"), whole)


def test_an_odd_chunk_without_its_padding_hides_no_sound(tmp_path: Path) -> None:
    data = bytes(written(tmp_path / "a.wav", "PCM_16"))
    whole = decoded(tmp_path / "a.wav")
    for padding in (b"", b"\0"):
        chunk = b"JUNK" + struct.pack("<I", 3) + b"abc" + padding
        (tmp_path / "b.wav").write_bytes(data[:12] + chunk + data[12:])
        assert np.array_equal(decoded(tmp_path / "b.wav"), whole)


def test_core_audio_whose_data_is_what_is_left_is_read(tmp_path: Path) -> None:
    data = written(tmp_path / "a.caf", "PCM_24")
    whole = decoded(tmp_path / "a.caf")
    struct.pack_into(">q", data, data.find(b"data") + 4, -1)
    (tmp_path / "b.caf").write_bytes(data)
    assert np.array_equal(decoded(tmp_path / "b.caf"), whole)


@pytest.mark.parametrize("stated", [0, 1000])
@pytest.mark.parametrize("tag", [b"", b"ID3\3\0\0\0\0\x08\0" + bytes(1024)])
def test_a_flac_file_that_states_too_few_samples_is_read_to_its_end(
    tmp_path: Path, stated: int, tag: bytes
) -> None:
    data = written(tmp_path / "a.flac")
    whole = decoded(tmp_path / "a.flac")
    data[22:26] = stated.to_bytes(4)
    (tmp_path / "b.flac").write_bytes(tag + data)
    assert np.array_equal(decoded(tmp_path / "b.flac"), whole)


@pytest.mark.parametrize("share", [0.5, 0.97])
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.wav", {}),
        ("a.aiff", {}),
        ("a.flac", {}),
        ("a.mp3", {}),
        ("a.caf", {}),
        ("a.au", {}),
        ("a.w64", {}),
        ("a.wav", {"format": "RF64"}),
        ("a.ogg", {}),
        ("a.opus", {"format": "OGG", "subtype": "OPUS"}),
    ],
)
def test_a_file_that_is_cut_off_is_refused(
    tmp_path: Path, name: str, options: dict[str, str], share: float
) -> None:
    data = written(tmp_path / name, **options)
    assert len(decoded(tmp_path / name)) == len(SOUND)
    (tmp_path / name).write_bytes(data[: int(len(data) * share)])
    with pytest.raises(UnreadableError, match=r"cut off|ends after|no sound"):
        decoded(tmp_path / name)


def test_several_ogg_streams_are_not_read_as_the_first(tmp_path: Path) -> None:
    first, second = (written(tmp_path / name) for name in ("a.ogg", "b.ogg"))
    second_stream = second.replace(first[14:18], b"\1\2\3\4")
    (tmp_path / "c.ogg").write_bytes(first + second_stream)
    with pytest.raises(UnreadableError, match="several Ogg streams"):
        decoded(tmp_path / "c.ogg")


def test_aifc_of_24_bits_that_states_16_is_read_as_24(tmp_path: Path) -> None:
    words = np.array([1, -2, 0x123456, -0x654321], dtype=">i4")
    sound = b"".join(struct.pack(">i", word)[1:] for word in words)
    rate = bytes.fromhex("400ebb80000000000000")  # 48,000 as an 80-bit float
    common = struct.pack(">hIh", 1, len(words), 16) + rate + b"in24" + b"\0\0"
    chunks = b"FVER" + struct.pack(">II", 4, 0xA2805140)
    chunks += b"COMM" + struct.pack(">I", len(common)) + common
    chunks += b"SSND" + struct.pack(">III", len(sound) + 8, 0, 0) + sound
    path = tmp_path / "a.aifc"
    path.write_bytes(b"FORM" + struct.pack(">I", len(chunks) + 4) + b"AIFC" + chunks)
    assert np.array_equal(decoded(path) * (1 << 23), words.astype(np.float32))


def test_mp3_is_decoded_to_its_end_whatever_its_header_states(tmp_path: Path) -> None:
    quiet = np.concatenate([np.zeros(RATE, np.float32), SOUND])  # a first frame of few bytes
    soundfile.write(tmp_path / "a.mp3", quiet, RATE, bitrate_mode="VARIABLE")
    data = (tmp_path / "a.mp3").read_bytes()
    place = max(data.find(b"Xing"), data.find(b"Info"))
    with_header = len(decoded(tmp_path / "a.mp3"))
    second = data.find(b"\xff", place)
    while len(data) - second > 4 and data[second + 1] & 0xE0 != 0xE0:
        second = data.find(b"\xff", second + 1)
    (tmp_path / "b.mp3").write_bytes(data[second:])
    assert abs(len(decoded(tmp_path / "b.mp3")) - with_header) < 4 * 1152
    wrong = bytearray(data)
    struct.pack_into(">I", wrong, place + 8, 10)
    (tmp_path / "c.mp3").write_bytes(wrong)
    assert abs(len(decoded(tmp_path / "c.mp3")) - with_header) < 4 * 1152


def test_an_mp3_file_that_was_cut_off_is_not_made_whole(tmp_path: Path) -> None:
    data = written(tmp_path / "a.mp3")
    (tmp_path / "b.mp3").write_bytes(data[: len(data) // 2])
    with (tmp_path / "b.mp3").open("rb") as file:
        assert with_frame_count(file, len(data) // 2) == []


STARTS = [
    b"fLaC\0\0\0\x22\x10\0\x10\0" + bytes(10),
    b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\1\0\1\0\x80\xbb\0\0\0\x77\1\0\2\0\x10\0data",
    b"BW64\xff\xff\xff\xffWAVEds64",
    b"FORM\0\0\0\x2eAIFCCOMM\0\0\0\x16",
    b"ID3\4\0\0\0\0\0\x7f\xff\xfb\x90\x64",
    b"\xff\xfb\x90\x64",
]


@given(st.sampled_from(STARTS), st.binary(max_size=600))
def test_no_header_stops_the_build(
    tmp_path_factory: pytest.TempPathFactory, start: bytes, rest: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(start + rest)
    with suppress(UnreadableError):
        for block in open_source(path).blocks():
            assert np.isfinite(block).all()
