"""Stems that are decoded as their bytes arrive, by the decoders that the build ships; in Node."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from stempress.audio.encode import encode
from stempress.audio.flac_frames import frame_starts
from stempress.audio.ogg_pages import page_starts
from stempress.audio.sound import Sound
from stempress.runtime.decoders import prepare_decoders
from tests.conftest import ROOT
from tests.support.music import notes

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from stempress.collection.audio_formats import Codec

    type Planar = NDArray[np.float32]

PIECES = [1, 777, 30000]
"""Sizes of the pieces in which bytes arrive, in turn."""


@dataclass
class Decoder:
    """Decodes files in Node with the modules of the stream worker."""

    folder: Path

    def decode(self, path: Path, codec: Codec, sound: Sound, **options: list[int]) -> Planar:
        """Return the file's samples; AssertionError with the message if it cannot be decoded."""
        form = {"channels": sound.channels, "rate": sound.rate, "frames": sound.frames}
        job = {
            "codec": codec,
            "decoders": f"{self.folder}/",
            "path": str(path),
            "pieces": PIECES,
            "format": form,
            **options,
        }
        done = subprocess.run(  # noqa: S603 - our own words
            ["node", "tests/support/decode_stem.mjs", json.dumps(job)],  # noqa: S607
            check=False,
            cwd=ROOT,
            capture_output=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr.decode()
        return np.frombuffer(done.stdout, np.float32).reshape(sound.channels, sound.frames)


@pytest.fixture(scope="session")
def decoder(tmp_path_factory: pytest.TempPathFactory) -> Decoder:
    folder = tmp_path_factory.mktemp("decoders")
    for name, path in prepare_decoders(folder=None, report=lambda _: None).items():
        (folder / name).write_bytes(path.read_bytes())
    return Decoder(folder)


def noise(bits: int, *, rate: int, channels: int, frames: int) -> Sound:
    """Return words of every size: the largest, silence, and what compresses well."""
    rng = np.random.default_rng(bits + rate + channels + frames)
    full = 1 << (bits - 1)
    words = rng.integers(-full, full, (channels, frames))
    words[:, ::3] = np.resize([-full, full - 1, 0, 1, -1], words[:, ::3].shape)
    words[:, frames // 2 :] >>= rng.integers(0, bits, frames - frames // 2)
    return Sound((words / full).astype(np.float32), rate, bits)


def saved(path: Path, sound: Sound, codec: Codec) -> Planar:
    """Write an encoded file, and return its samples as libsndfile decodes them."""
    path.write_bytes(encode(sound, codec, 128))
    samples: Planar = soundfile.read(path, dtype="float32", always_2d=True)[0].T
    return samples


@pytest.mark.parametrize(
    "form",
    [
        (16, 44100, 1, 100_001),
        (24, 44100, 2, 200_000),
        (16, 48000, 2, 9600 * 3),
        (24, 48000, 2, 4096),
        (24, 96000, 2, 300_007),
        (16, 8000, 1, 50_000),
        (24, 192_000, 1, 400_001),
        (16, 44100, 2, 1),
    ],
)
def test_flac_gives_its_words_from_any_place(
    decoder: Decoder, tmp_path: Path, form: tuple[int, int, int, int]
) -> None:
    bits, rate, channels, frames = form
    sound, path = noise(bits, rate=rate, channels=channels, frames=frames), tmp_path / "a.flac"
    expected = saved(path, sound, "flac")
    assert np.array_equal(expected, sound.samples)
    starts = [0, *frame_starts(path, 1, sound.rate)[:0:-1]]  # the end of the song first
    assert len(starts) == max(1, -(-frames // rate))
    assert np.array_equal(decoder.decode(path, "flac", sound, starts=starts), expected)
    places = list(range(0, frames, 9600))
    order = [*places[::2], *places[1::2], *places[::-3]]
    assert np.array_equal(decoder.decode(path, "flac", sound, order=order), expected)


@pytest.mark.parametrize("blocksize", [16, 191, 4608, 65535])
def test_flac_of_other_encoders_may_have_other_blocks(
    decoder: Decoder, tmp_path: Path, blocksize: int
) -> None:
    sound, path = noise(24, rate=44100, channels=2, frames=140_001), tmp_path / "a.flac"
    path.write_bytes(verbatim_flac(sound, blocksize))
    assert np.array_equal(soundfile.read(path, dtype="float32")[0].T, sound.samples)
    starts = [0, *frame_starts(path, 1, sound.rate)[:0:-1]]
    assert np.array_equal(decoder.decode(path, "flac", sound, starts=starts), sound.samples)


def verbatim_flac(sound: Sound, blocksize: int) -> bytes:
    """Return a FLAC file of 24 bits that stores its samples as they are."""
    words = np.rint(sound.samples * (1 << 23)).astype(">i4").view(np.uint8).reshape(-1, 4)
    planar = words[:, 1:].reshape(sound.channels, sound.frames, 3)
    packed = sound.rate << 44 | (sound.channels - 1) << 41 | 23 << 36 | sound.frames
    info = blocksize.to_bytes(2) * 2 + bytes(6) + packed.to_bytes(8) + bytes(16)
    frames = [
        verbatim_frame(number, planar[:, start : start + blocksize])
        for number, start in enumerate(range(0, sound.frames, blocksize))
    ]
    return b"fLaC\x80\x00\x00\x22" + info + b"".join(frames)


def verbatim_frame(number: int, block: NDArray[np.uint8]) -> bytes:
    channels, frames, _ = block.shape
    coded = utf8(number) + (frames - 1).to_bytes(2)
    head = bytes([0xFF, 0xF8, 0x79, (channels - 1) << 4 | 0b1100]) + coded
    head += bytes([crc(head, 8, 0x07)])
    body = head + b"".join(b"\x02" + channel.tobytes() for channel in block)
    return body + crc(body, 16, 0x8005).to_bytes(2)


def utf8(number: int) -> bytes:
    return chr(number).encode("utf-8", "surrogatepass")


def crc(data: bytes, bits: int, polynomial: int) -> int:
    value, top, mask = 0, 1 << (bits - 1), (1 << bits) - 1
    for byte in data:
        value ^= byte << (bits - 8)
        for _ in range(8):
            value = ((value << 1) ^ (polynomial if value & top else 0)) & mask
    return value


def test_a_file_that_is_cut_off_damaged_or_another_is_an_error(
    decoder: Decoder, tmp_path: Path
) -> None:
    sound, path = noise(16, rate=44100, channels=2, frames=50_000), tmp_path / "a.flac"
    saved(path, sound, "flac")
    data = path.read_bytes()
    damaged = bytearray(data)
    damaged[len(data) // 2] ^= 1
    mono = encode(Sound(sound.samples[:1], 44100, 16), "flac", 0)
    for content, message in (
        (data[:-1], "a FLAC frame is damaged"),
        (bytes(damaged), "a FLAC frame"),
        (b"<!doctype html>" * 100, "not a FLAC stream"),
        (b"", "NotArrived"),
        (mono, "the file has channels 1, not 2"),
    ):
        path.write_bytes(content)
        with pytest.raises(AssertionError, match=message):
            decoder.decode(path, "flac", sound)


def test_opus_is_the_same_from_any_place(decoder: Decoder, tmp_path: Path) -> None:
    samples = np.ascontiguousarray(notes(1, seconds=10).T, dtype=np.float32)
    sound, path = Sound(samples, 48000, 16), tmp_path / "a.ogg"
    expected = saved(path, sound, "opus")
    whole = decoder.decode(path, "opus", sound)
    assert np.abs(whole - expected).max() < 3e-4
    starts = [0, *page_starts(path, 2, 48000)[:0:-1]]
    order = [9600 * nth for nth in (40, 3, 49, 30, 31, 29)]
    parts = decoder.decode(path, "opus", sound, starts=starts, order=order)
    for place in order:
        chunk = slice(place, place + 9600)
        assert np.array_equal(parts[:, chunk], whole[:, chunk])


@pytest.mark.parametrize(("rate", "channels"), [(44100, 2), (48000, 1), (32000, 2)])
def test_vorbis_is_the_same_from_any_place(
    decoder: Decoder, tmp_path: Path, rate: int, channels: int
) -> None:
    samples = notes(1, seconds=10.1, rate=rate).T[:channels]
    sound = Sound(np.ascontiguousarray(samples, dtype=np.float32), rate, 16)
    path = tmp_path / "a.ogg"
    expected = saved(path, sound, "vorbis")[:, : sound.frames]
    whole = decoder.decode(path, "vorbis", sound)
    assert np.abs(whole - expected).max() < 1e-5
    starts = [0, *page_starts(path, 2, rate)[:0:-1]]
    places = list(range(0, sound.frames, 9600))
    order = [*places[1::2], *places[::2]]
    assert np.array_equal(decoder.decode(path, "vorbis", sound, starts=starts, order=order), whole)
    late = [place for place in places if place > 6 * rate]
    apart = {"starts": [0, starts[-3]], "ends": [5000], "order": late}
    parts = decoder.decode(path, "vorbis", sound, **apart)
    assert np.array_equal(parts[:, late[0] :], whole[:, late[0] :])
