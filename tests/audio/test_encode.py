"""Encoding and decoding of audio files."""

from __future__ import annotations

import io
from contextlib import suppress
from typing import TYPE_CHECKING, get_args

import numpy as np
import pytest
import soundfile
from mutagen.ogg import OggPage

from stempress.audio.decode import UnreadableError
from stempress.audio.encode import encode
from stempress.audio.sample_blocks import fit_length, join_blocks, resample
from stempress.audio.sound import Sound, decode
from stempress.collection.audio_formats import FORMATS, Codec, web_rate
from stempress.collection.settings import CODECS

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def music(rate: int = 48000, channels: int = 2, seconds: float = 1.0) -> Sound:
    """Return decaying notes, similar enough to music for codecs."""
    times = np.arange(round(rate * seconds)) / rate
    notes = sum(
        np.sin(2 * np.pi * pitch * times) * np.exp(-6 * ((times - start) % 1))
        for pitch, start in ((220, 0.0), (330, 0.25), (495, 0.5))
    )
    wave = (0.2 * notes).astype(np.float32)
    return Sound(np.stack([wave * (1 - 0.2 * side) for side in range(channels)]), rate, 16)


def read_back(data: bytes) -> tuple[NDArray[np.float32], int]:
    samples, rate = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
    return samples.T, rate


def test_every_codec_of_the_settings_has_a_format() -> None:
    assert set(get_args(Codec.__value__)) == set(FORMATS) == set(CODECS)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("channels", [1, 2])
def test_an_encoded_stem_keeps_its_timing_and_length(codec: Codec, channels: int) -> None:
    sound = music(channels=channels)
    samples, rate = read_back(encode(sound, codec, 160))
    assert rate == 48000
    tail = 1024 if codec == "vorbis" else 0
    assert samples.shape == (channels, sound.frames + tail)
    error = samples[:, : sound.frames] - sound.samples
    assert (error**2).mean() < 0.01 * (sound.samples**2).mean()


@pytest.mark.parametrize("codec", CODECS)
def test_encoding_is_deterministic(codec: Codec) -> None:
    assert encode(music(), codec, 128) == encode(music(), codec, 128)


@pytest.mark.parametrize(("codec", "tolerance"), [("opus", 0.35), ("mp3", 0.1), ("vorbis", 0.6)])
def test_the_bitrate_is_close_to_the_requested_one(codec: Codec, tolerance: float) -> None:
    rng = np.random.default_rng(1)
    noise = (rng.uniform(-0.2, 0.2, (2, 48000 * 4))).astype(np.float32)
    size = len(encode(Sound(noise, 48000, 16), codec, 128))
    assert size * 8 / 4 / 1000 == pytest.approx(128, rel=tolerance)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("bitrate", [64, 96, 128, 160, 192, 224, 256, 320])
@pytest.mark.parametrize("codec", CODECS)
def test_no_codec_changes_the_level(codec: Codec, bitrate: int, channels: int) -> None:
    seconds = np.arange(48000) / 48000
    sine = np.stack([0.3 * np.sin(2 * np.pi * 997 * seconds)] * channels).astype(np.float32)
    samples, _ = read_back(encode(Sound(sine, 48000, 24), codec, bitrate))
    steady = slice(12000, 36000)
    levels = [float(np.sqrt((signal[:, steady] ** 2).mean())) for signal in (samples, sine)]
    assert levels[0] == pytest.approx(levels[1], rel=0.012)


def test_flac_preserves_every_16_bit_sample() -> None:
    integers = np.random.default_rng(2).integers(-32768, 32768, (2, 5000))
    sound = Sound((integers / 32768).astype(np.float32), 44100, 16)
    samples, rate = read_back(encode(sound, "flac", 0))
    assert rate == 44100
    assert np.array_equal(sound.samples, samples)


@pytest.mark.parametrize(
    ("codec", "rate", "expected"),
    [
        ("opus", 44100, 48000),
        ("opus", 96000, 48000),
        ("mp3", 44100, 44100),
        ("mp3", 96000, 48000),
        ("vorbis", 11025, 48000),
        ("flac", 96000, 96000),
    ],
)
def test_unsupported_rates_are_replaced_by_48_khz(codec: Codec, rate: int, expected: int) -> None:
    assert web_rate(codec, rate) == expected


@pytest.mark.parametrize("rate", [22050, 44100, 96000])
@pytest.mark.parametrize("block_size", [999, 1 << 16])
def test_resampling_keeps_length_and_pitch(rate: int, block_size: int) -> None:
    samples = music(rate).samples
    blocks = (
        samples[:, start : start + block_size] for start in range(0, samples.shape[1], block_size)
    )
    out = join_blocks(fit_length(resample(blocks, 2, rate, 48000), 2, 48000))
    steady = slice(4000, 44000)
    error = out[:, steady] - music(48000).samples[:, steady]
    assert np.sqrt((error**2).mean()) < 1e-3


def test_fit_length_cuts_and_pads() -> None:
    blocks = [np.ones((2, 3), dtype=np.float32)] * 2
    assert join_blocks(fit_length(blocks, 2, 4)).shape == (2, 4)
    assert join_blocks(fit_length(blocks, 2, 8)).tolist() == [[1, 1, 1, 1, 1, 1, 0, 0]] * 2


@pytest.mark.parametrize(
    ("container", "subtype", "bits"),
    [
        ("WAV", "PCM_16", 16), ("WAV", "PCM_24", 24), ("WAV", "FLOAT", 24), ("AIFF", "PCM_16", 16),
        ("RF64", "PCM_24", 24), ("FLAC", "PCM_16", 16), ("OGG", "VORBIS", 24),
        ("OGG", "OPUS", 24), ("MP3", "MPEG_LAYER_III", 24),
    ],
)  # fmt: skip
def test_every_input_format_is_decoded(
    tmp_path: Path, container: str, subtype: str, bits: int
) -> None:
    path = tmp_path / "stem.bin"
    sound = music()
    soundfile.write(path, sound.samples.T, sound.rate, format=container, subtype=subtype)
    read = decode(path)
    assert (read.rate, read.frames, read.channels, read.bits) == (48000, 48000, 2, bits)


def write_as(path: Path, container: str, subtype: str = "PCM_16") -> bytes:
    sound = music()
    soundfile.write(path, sound.samples.T, sound.rate, format=container, subtype=subtype)
    return path.read_bytes()


@pytest.mark.parametrize(
    ("container", "subtype", "message"),
    [
        ("WAV", "PCM_16", "ends after 24000 of 48000 frames"),
        ("WAV", "FLOAT", "ends after"),
        ("WAV", "IMA_ADPCM", "ends after"),
        ("AIFF", "PCM_16", "ends after"),
        ("FLAC", "PCM_16", "cannot be decoded"),
        ("MP3", "MPEG_LAYER_III", "ends after"),
    ],
)
def test_a_truncated_file_is_rejected(
    tmp_path: Path, container: str, subtype: str, message: str
) -> None:
    path = tmp_path / "stem.bin"
    data = write_as(path, container, subtype)
    path.write_bytes(data[: len(data) // 2 + 22])
    with pytest.raises(UnreadableError, match=message):
        decode(path)


@pytest.mark.parametrize("size", [0xFFFFFFFF, 0x7FFFFFFF - 36])
def test_the_maximum_length_declared_by_a_piped_wav_file_is_ignored(
    tmp_path: Path, size: int
) -> None:
    path = tmp_path / "stem.wav"
    data = write_as(path, "WAV")
    position = data.index(b"data") + 4
    path.write_bytes(data[:position] + size.to_bytes(4, "little") + data[position + 4 :])
    assert decode(path).frames == 48000


@pytest.mark.parametrize("rate", [1, 7999, 384_001, 2**31 - 1])
def test_rates_outside_the_valid_range_are_rejected(tmp_path: Path, rate: int) -> None:
    soundfile.write(tmp_path / "stem.wav", np.full(100, 0.1), rate)
    with pytest.raises(UnreadableError, match=f"its sample rate is {rate} Hz"):
        decode(tmp_path / "stem.wav")


def test_samples_that_are_not_finite_are_rejected(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "stem.wav", np.array([0.1, np.nan]), 48000, subtype="FLOAT")
    with pytest.raises(UnreadableError, match="not finite numbers"):
        decode(tmp_path / "stem.wav")


def test_a_corrupted_header_is_usable_or_rejected(tmp_path: Path) -> None:
    path = tmp_path / "stem.flac"
    data = write_as(path, "FLAC")
    rng = np.random.default_rng(3)
    for position in rng.integers(0, 200, 60):
        path.write_bytes(data[:position] + rng.bytes(4) + data[position + 4 :])
        with suppress(UnreadableError):
            assert decode(path).frames


def test_pages_of_opus_have_200_ms_and_change_no_sample() -> None:
    sound = music(seconds=3.1)
    source = io.BytesIO(encode(sound, "opus", 128))
    pages = [OggPage(source) for _ in range(18)]
    assert not source.read()
    assert [len(page.packets) for page in pages] == [1, 1, *[10] * 15, 6]
    assert [page.position for page in pages[2:5]] == [9600, 19200, 28800]
    assert [page.sequence for page in pages] == list(range(18))
    assert pages[-1].last
    assert read_back(source.getvalue())[0].shape == sound.samples.shape
