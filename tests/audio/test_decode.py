"""Decoding of every input format, intact and damaged in ten ways."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest

from build import build
from stempress.audio.decode import open_source
from stempress.audio.facts import Facts
from stempress.audio.loudness_steps import SPAN_SECONDS, spans
from stempress.audio.measure import measure_file
from stempress.audio.mix_digests import _with_margins
from stempress.audio.sample_blocks import regroup
from stempress.audio.song_sound import SongSound
from stempress.audio.stem_blocks import stem_bits, stem_blocks
from stempress.commands.cli import run
from tests.conftest import ROOT
from tests.support.music import notes, sound_file, write_music
from tests.support.small_site import write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FORMATS = {
    "wav": ("WAV", "PCM_24"),
    "aiff": ("AIFF", "PCM_16"),
    "flac": ("FLAC", "PCM_16"),
    "ogg": ("OGG", "VORBIS"),
    "opus": ("OGG", "OPUS"),
    "mp3": ("MP3", "MPEG_LAYER_III"),
}
KINDS = [
    *FORMATS.items(),
    ("wav", ("WAV", "PCM_16")), ("wav", ("WAV", "PCM_32")), ("wav", ("WAV", "FLOAT")),
    ("wav", ("WAV", "DOUBLE")), ("wav", ("RF64", "PCM_24")), ("aiff", ("AIFF", "PCM_24")),
    ("flac", ("FLAC", "PCM_24")),
]  # fmt: skip


def _noise(data: bytes, start: int, end: int) -> bytes:
    noise = np.random.default_rng(len(data)).bytes(end - start)
    return data[:start] + noise + data[end:]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "one byte": lambda data: data[:1],
    "only its name": lambda data: data[:4],
    "half a head": lambda data: data[:20],
    "the head alone": lambda data: data[:44],
    "zeros": lambda data: bytes(len(data)),
    "text": lambda _: b"This is not audio at all.\n" * 400,
    "noise": lambda data: _noise(data, 0, len(data)),
    "a broken head": lambda data: _noise(data, 0, 64),
    "another kind of file": lambda data: b"%PDF-1.7\n" + data[9:],
}


@pytest.fixture(scope="module")
def warm_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Use a cache shared by the module, which soon contains the intact stems."""
    cache = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STEMPRESS_CACHE", str(cache))
        yield cache


@pytest.mark.parametrize("name", DAMAGES)
@pytest.mark.parametrize("suffix", FORMATS)
def test_a_broken_file_gets_one_clear_message(
    tmp_path: Path,
    warm_cache: Path,
    capsys: pytest.CaptureFixture[str],
    suffix: str,
    name: str,
) -> None:
    site = tmp_path / "site"
    write_music(site)
    (site / "stems/one/lead/c.wav").unlink()
    container, subtype = FORMATS[suffix]
    data = sound_file(notes(6), form=container, subtype=subtype)
    write(site / f"stems/one/lead/c.{suffix}", DAMAGES[name](data))
    assert run(["--site", str(site), "--without-runtime"], build, ROOT) == 1
    output = capsys.readouterr().err
    faults = [line for line in output.splitlines() if line.startswith("error: ")]
    assert len(faults) == 1
    assert faults[0].startswith(f"error: stems/one/lead/c.{suffix}: ")
    assert "Traceback" not in output
    assert output.count("    -> ") == 1
    assert not (site / "dist").exists()
    assert not [path for path in warm_cache.rglob("tmp*") if path.is_file()]


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_damaged_file_is_usable_or_rejected(tmp_path: Path, suffix: str) -> None:
    container, subtype = FORMATS[suffix]
    data = sound_file(notes(6, seconds=1), form=container, subtype=subtype)
    rng = np.random.default_rng(9)
    path = tmp_path / f"stem.{suffix}"
    for fraction in np.linspace(0.02, 0.98, 12):
        position = int(len(data) * fraction)
        for damaged in (data[:position], data[:position] + rng.bytes(40) + data[position + 40 :]):
            path.write_bytes(damaged)
            result = measure_file(path, "digest")
            assert isinstance(result, Facts) or result.startswith("it ")


@pytest.mark.parametrize(("suffix", "kind"), KINDS)
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [44100, 48000, 96000])
def test_every_format_is_decoded_in_blocks(
    tmp_path: Path, suffix: str, kind: tuple[str, str], channels: int, rate: int
) -> None:
    container, subtype = kind
    rate = 48000 if rate == 96000 and suffix in ("mp3", "opus") else rate
    rate = 48000 if subtype == "OPUS" else rate
    samples = notes(6, seconds=2, rate=rate)[:, :channels]
    path = tmp_path / f"stem.{suffix}"
    path.write_bytes(sound_file(samples, rate=rate, form=container, subtype=subtype))
    song = SongSound(48000, 96000)
    read = np.concatenate(list(stem_blocks(path, song)), axis=1)
    assert read.shape == (channels, 96000)
    assert open_source(path).rate == rate
    assert stem_bits(path, song) == (16 if subtype == "PCM_16" and rate == 48000 else 24)
    expected = notes(6, seconds=2).T[0]
    steady = slice(4000, 90000)
    assert ((read[0] - expected)[steady] ** 2).mean() < 0.02 * (expected**2).mean()


def test_a_truncated_wav_file_is_rejected_with_its_length(
    tmp_path: Path,
) -> None:
    data = bytearray(sound_file(notes(6, seconds=1)))
    data[40:44] = struct.pack("<I", 4 * 96000)
    path = tmp_path / "stem.wav"
    path.write_bytes(data)
    assert measure_file(path, "") == "it ends after 48000 of 96000 frames"


@pytest.mark.parametrize("size", [1, 7, 1000, 5000])
def test_regrouping_changes_block_boundaries_only(size: int) -> None:
    samples = np.arange(4000, dtype=np.float32).reshape(2, 2000)
    blocks = [samples[:, start : start + 333] for start in range(0, 2000, 333)]
    regrouped = list(regroup(blocks, size))
    assert np.array_equal(np.concatenate(regrouped, axis=1), samples)
    assert {block.shape[1] for block in regrouped[:-1]} <= {size}


@pytest.mark.slow
def test_a_long_stem_is_never_held_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "stem.wav"
    path.write_bytes(sound_file(notes(6, seconds=20, rate=96000), rate=96000, subtype="PCM_24"))
    source = open_source(path)
    span_lengths = [span.shape[1] for span in spans(source.blocks(), source.rate)]
    assert sum(span_lengths) == 20 * 96000
    assert max(span_lengths) <= SPAN_SECONDS * 96000
    windows = ([block] for block in regroup(source.blocks(), 2 * 96000))
    assert max(block.shape[1] for (block,), _, _ in _with_margins(windows, 9600)) < 3 * 96000
