"""Stems stay aligned: what Chromium decodes begins where the stem begins, and is all there."""

from __future__ import annotations

from base64 import b64decode, b64encode
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pyodide_app.engine.mix import StemAudio
from pyodide_app.engine.tags import Tags
from stempress.audio.encode import encode
from stempress.audio.sample_blocks import join_blocks, resample
from stempress.audio.sound import Sound
from stempress.audio.tags import tag
from stempress.collection.audio_formats import MIN_BITRATES, Codec, web_rate
from stempress.collection.settings import CODECS
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

RATES = (44100, 48000)
TAGS = Tags("Ebb (Drums: Amen)", "Mara Voss", "Landfall", "Mara Voss", "2/7", isrc="QZK6P2600022")
LENGTHS = (88200, 88200 + 1, 95999, 100_777)
BITRATES: dict[Codec, tuple[int, ...]] = {
    "opus": (56, 128, 320),
    "vorbis": (32, 128, 320),
    "mp3": (64, 128, 320),
    "flac": (0,),
}


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    """Return a page that decodes: ``decoded(base64, rate)`` gives base64 of every channel."""
    page = chromium.new_page()
    page.add_script_tag(path=ROOT / "tests/support/sound/decode.js")
    yield page
    page.close()


def encoded(sound: Sound, codec: Codec, bitrate: int) -> bytes:
    """Return a file as a site has it, with tags."""
    return tag(encode(sound, codec, bitrate), codec, TAGS)


def decoded(page: Page, data: bytes, rate: int) -> NDArray[np.float32]:
    """Return what ``decodeAudioData`` makes of a file, shape (channels, frames)."""
    channels = page.evaluate("given => window.decoded(...given)", [b64encode(data).decode(), rate])
    return np.stack([np.frombuffer(b64decode(channel), dtype="<f4") for channel in channels])


@cache
def clicks(rate: int, channels: int, frames: int) -> NDArray[np.float32]:
    """Return a train of short tone bursts, each at a pitch of its own."""
    rng = np.random.default_rng(5)
    samples = np.zeros((channels, frames), dtype=np.float32)
    length = rate // 250
    at = np.arange(length) / rate
    for start in range(rate // 20, frames - length, rate * 11 // 100):
        burst = 0.5 * np.sin(2 * np.pi * rng.uniform(800, 4000) * at) * np.hanning(length)
        samples[:, start : start + length] += burst.astype(np.float32)
    return samples


def lag(heard: NDArray[np.float32], meant: NDArray[np.float32]) -> int:
    """Return by how many frames the first channel comes late, by correlation."""
    size = 1 << (max(heard.shape[1], meant.shape[1]) * 2).bit_length()
    product = np.fft.rfft(heard[0], size) * np.conj(np.fft.rfft(meant[0], size))
    best = int(np.argmax(np.fft.irfft(product, size)))
    return best - size if best > size // 2 else best


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("codec", CODECS)
def test_stems_begin_on_the_frame_and_are_whole(
    page: Page, codec: Codec, rate: int, channels: int
) -> None:
    wanted = web_rate(codec, rate)
    for frames in LENGTHS:
        sound = Sound(clicks(rate, channels, frames), rate, 16)
        meant = sound.samples
        if wanted != rate:
            meant = join_blocks(resample([meant], channels, rate, wanted))
        for bitrate in BITRATES[codec]:
            heard = decoded(page, encoded(sound, codec, bitrate), wanted)
            assert heard.shape[0] == channels
            assert heard.shape[1] >= round(frames * wanted / rate)
            assert lag(heard, meant) == 0, (frames, bitrate)


def test_lengths_of_every_remainder_are_whole(page: Page) -> None:
    for codec in BITRATES:
        for frames in range(24_000, 24_000 + 1152, 97):
            data = encoded(Sound(clicks(48000, 1, frames), 48000, 16), codec, 128)
            heard = decoded(page, data, 48000)
            assert heard.shape[1] >= frames
            assert lag(heard, clicks(48000, 1, frames)) == 0, (codec, frames)


@pytest.mark.parametrize(("codec", "late"), [("opus", -2), ("mp3", 1105)])
def test_below_the_lowest_bitrate_stems_would_be_out_of_step(
    page: Page, monkeypatch: pytest.MonkeyPatch, codec: Codec, late: int
) -> None:
    monkeypatch.delitem(MIN_BITRATES, codec)
    sound = Sound(clicks(48000, 1, 95999), 48000, 16)
    assert lag(decoded(page, encoded(sound, codec, 48), 48000), sound.samples) == late


@pytest.mark.parametrize("bits", [16, 24])
def test_flac_brings_every_word_to_the_engine(page: Page, bits: int) -> None:
    full = 1 << (bits - 1)
    words = np.random.default_rng(bits).integers(-full, full, (2, 50_001))
    words[:, :4] = [-full, full - 1, 0, 1]
    sound = Sound((words / full).astype(np.float32), 48000, bits)
    heard = StemAudio.from_browser(decoded(page, encoded(sound, "flac", 0), 48000))
    assert np.array_equal(heard.samples * heard.scale, sound.samples)
