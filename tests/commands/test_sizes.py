"""The size report."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyodide_app.engine.model import Variation
from stempress.audio.results import Sounds, StemSound, WebFile
from stempress.collection.settings import Audio
from stempress.commands import sizes
from stempress.commands.sizes import size_report
from tests.support.small_site import facts


def web_file(name: str, size: int) -> WebFile:
    return WebFile(f"audio/{name}", "audio/ogg", size, Path(name))


def made(*, lossless: bool) -> Sounds:
    """Return two stems of 100 s: stereo and mono."""
    stems = {
        ("one", "a", str(channels)): StemSound(
            web_file(f"{channels}.ogg", 800_000 * channels),
            web_file(f"{channels}.flac", 5_000_000 * channels) if lossless else None,
            *(facts((), channels), 0.5, 100.0),
        )
        for channels in (1, 2)
    }
    previews = {Variation("one", (0,)): web_file("p.mp3", 480_000)}
    mixes = {Variation("one", (0,)): (web_file("m.ogg", 1_600_000), web_file("m.flac", 7_000_000))}
    return Sounds(stems, {}, previews, mixes=mixes if lossless else {})


def report(*, lossless: bool) -> str:
    sounds = made(lossless=lossless)
    sizes = {"index.html": 1000, "app/x.wasm": 2000}
    for stem in sounds.stems.values():
        every = (stem.stream, stem.lossless)
        sizes |= {each.address: each.size for each in every if each}
    sizes["audio/p.mp3"] = 480_000
    sizes |= {file.address: file.size for files in sounds.mixes.values() for file in files}
    audio = Audio("opus", 128, lossless, "tokens", 30, "preview", pad=False)
    return "\n".join(size_report(sizes, sounds, audio))


def test_bytes_are_told_by_kind_and_the_largest_files_named() -> None:
    lines = report(lossless=True)
    for line in (
        "     15.0 MB  lossless stems",
        "      2.4 MB  stems for the mixer",
        "      480 kB  previews",
        "      8.6 MB  whole mixes",
        "        1 kB  pages",
        "     10.0 MB  audio/2.flac (one/a/2)",
    ):
        assert line in lines


def test_other_settings_are_compared_with_what_there_is() -> None:
    lines = report(lossless=True)
    assert 'downloads = "none": saves 8.6 MB' in lines
    # 100 s at 64 kbit/s, and at the 56 kbit/s that mono gets at least
    assert 'stream = "opus", bitrate = 64: about 1.5 MB, saves 900 kB' in lines
    assert 'stream = "flac": about 15.0 MB, adds 12.6 MB' in lines
    assert "lossless = false: about 2.4 MB, saves 15.0 MB" in lines
    assert "lossless = false" not in report(lossless=False)
    assert "bitrate = 128" not in lines


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (1_000_000_000, "2.9 MB is 0% of GitHub Pages' limit of 1.0 GB: 997.1 MB left"),
        (2_000_000, "2.9 MB is 144% of GitHub Pages' limit of 2.0 MB: 883 kB over"),
    ],
)
def test_the_distance_from_the_limit_is_told(
    monkeypatch: pytest.MonkeyPatch, limit: int, words: str
) -> None:
    monkeypatch.setattr(sizes, "PAGES_LIMIT", limit)
    assert report(lossless=False).endswith(words)
