"""Stems are decoded once, however much is made of them."""

from __future__ import annotations

import json
import os
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from build import build
from stempress.audio import decoded_copies
from stempress.audio.copied_blocks import copied_blocks
from stempress.audio.decode import Source, open_source
from stempress.audio.sample_blocks import join_blocks
from stempress.commands.cli import run
from tests.commands.test_incremental import contents
from tests.conftest import ROOT
from tests.support.large_song import song_token, stem_tokens, write_large_song
from tests.support.music import notes, sound_file
from tests.support.small_site import write, write_small_site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count how often each stem is decoded."""
    counts: Counter[str] = Counter()
    blocks = Source.blocks

    def counted(source: Source) -> Iterator[object]:
        if source.path.suffix == ".flac":
            counts["/".join(source.path.parts[-3:])] += 1
        return blocks(source)

    monkeypatch.setattr(Source, "blocks", counted)
    return counts


def write_site(site: Path) -> None:
    """Write a site whose stems are measured, searched for peaks, encoded twice and mixed."""
    write_small_site(site)
    write_large_song(site)
    with (site / "site.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[audio]\nlossless = true\n")
    tokens = [*stem_tokens(), song_token(2000, "bcaca")]
    write(site / "content/tokens.json", json.dumps({"tokens": tokens}))


def build_anew(site: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Build with an empty cache; return the files."""
    monkeypatch.setenv("STEMPRESS_CACHE", str(site / "cache"))
    monkeypatch.setattr("stempress.audio.stem_lint.MIN_RATE", 8000)
    assert run(["--site", str(site), "--without-runtime"], build, ROOT) == 0
    return contents(site / "dist")


@pytest.mark.slow
def test_a_clean_build_decodes_every_stem_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, decoded: Counter[str]
) -> None:
    write_site(tmp_path)
    build_anew(tmp_path, monkeypatch)
    assert len(decoded) == 28
    assert set(decoded.values()) == {1}
    assert list((tmp_path / "cache/decoded").iterdir()) == []


@pytest.mark.slow
def test_without_room_for_copies_the_site_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, decoded: Counter[str]
) -> None:
    for name in ("one", "two"):
        write_site(tmp_path / name)
    expected = build_anew(tmp_path / "one", monkeypatch)
    monkeypatch.setattr(decoded_copies, "MAX_BYTES", 100_000)
    assert build_anew(tmp_path / "two", monkeypatch) == expected
    assert max(decoded.values()) > 1


@pytest.mark.slow
def test_copies_of_a_build_that_was_killed_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_small_site(tmp_path)
    old, new = (tmp_path / "cache/decoded" / name for name in ("old", "new"))
    for folder in (old, new):
        write(folder / "0.w64", b"samples")
    os.utime(old, (0, 0))
    build_anew(tmp_path, monkeypatch)
    assert not old.exists()
    assert new.exists()


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT"])
def test_a_copy_has_the_same_samples(tmp_path: Path, subtype: str) -> None:
    path, copy = tmp_path / "stem.wav", tmp_path / "copy.w64"
    path.write_bytes(sound_file(notes(1), subtype=subtype))
    source = open_source(path)
    samples = join_blocks(copied_blocks(source, copy))
    found = open_source(copy)
    assert (found.rate, found.frames, found.bits) == (source.rate, source.frames, source.bits)
    assert np.array_equal(join_blocks(found.blocks()), samples)
    assert np.array_equal(join_blocks(source.blocks()), samples)


def test_a_disk_that_is_full_takes_the_copy_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, copy = tmp_path / "stem.wav", tmp_path / "copy.w64"
    path.write_bytes(sound_file(notes(1)))
    source = open_source(path)
    expected = join_blocks(source.blocks())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(soundfile.SoundFile, "write", full)
    assert np.array_equal(join_blocks(copied_blocks(source, copy)), expected)
    assert not copy.exists()
