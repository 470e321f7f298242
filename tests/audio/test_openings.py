"""Openings of long songs."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from pyodide_app.engine.model import Layer, Rule, Song, Stem
from stempress.audio.encode import encode
from stempress.audio.openings import (
    build_openings,
    opening_seconds,
    part_offsets,
    part_times,
)
from stempress.audio.results import Opening, StemSound, WebFile
from stempress.audio.sound import Sound
from tests.support.music import RATE, notes
from tests.support.small_site import envelope, facts

if TYPE_CHECKING:
    from pathlib import Path

    from pyodide_app.engine.model import StemKey

OPUS = "audio/ogg; codecs=opus"
LAYERS = tuple(
    Layer(slug, slug, (Stem("a", "A"), Stem("b", "B"))) for slug in ("drums", "bass", "lead")
)
RULE = Rule({"drums": ("a",)}, exclude={"bass": ("a",)}, require={})
SONG = Song("long", "Long", LAYERS, (RULE,))
FIRST_MIX = ("drums/a", "bass/b", "lead/a")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder for files; builds have a cache of their own."""
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path / "cache"))
    return tmp_path


@cache
def stem_file(seed: int) -> bytes:
    """Return ten seconds of Opus."""
    samples = notes(seed, seconds=10).T.astype("float32")
    return encode(Sound(samples, RATE, 16), "opus", 128)


def stem_sounds(
    folder: Path, *, seconds: float = 100, kind: str = OPUS
) -> dict[StemKey, StemSound]:
    """Return stems that claim to be so long; their files have ten seconds."""
    sounds: dict[StemKey, StemSound] = {}
    for seed, (layer, stem) in enumerate((x, y) for x in LAYERS for y in x.stems):
        path = folder / f"{layer.slug}-{stem.slug}.ogg"
        path.write_bytes(stem_file(seed))
        file = WebFile(f"audio/{path.name}", kind, path.stat().st_size, path)
        sounds["long", layer.slug, stem.slug] = StemSound(
            file, None, facts(envelope(seed)), 0.5, seconds
        )
    return sounds


def opening_of(stems: dict[StemKey, StemSound]) -> Opening:
    return build_openings([SONG], stems)["long"]


def test_an_opening_has_the_first_permitted_mix(folder: Path) -> None:
    stems = stem_sounds(folder)
    assert [stem.address for stem in opening_of(stems).stems] == [
        f"audio/{name.replace('/', '-')}.ogg" for name in FIRST_MIX
    ]


def test_its_parts_are_the_beginnings_of_the_stems_files(folder: Path) -> None:
    opening = opening_of(stem_sounds(folder))
    content, position = opening.file.file.read_bytes(), 0
    found = {stem.address: b"" for stem in opening.stems}
    ends = part_offsets(opening)
    assert all(offsets == sorted(offsets) for offsets in ends)
    for part in range(len(opening.times)):
        for stem, offsets in zip(opening.stems, ends, strict=True):
            end = position + offsets[part] - len(found[stem.address])
            found[stem.address] += content[position:end]
            position = end
    assert position == len(content) == opening.file.size
    for stem, offsets in zip(opening.stems, ends, strict=True):
        whole = stem.file.read_bytes()
        assert found[stem.address] == whole[: offsets[-1]]
        assert all(whole[end : end + 4] == b"OggS" for end in offsets)
        assert offsets[-1] / len(whole) == pytest.approx(opening.times[-1] / 10, abs=0.05)


def test_a_part_of_every_stem_ends_at_the_same_time(folder: Path) -> None:
    opening = opening_of(stem_sounds(folder))
    head = 1000
    for offsets in part_offsets(opening):
        assert offsets[0] < head + 0.1 * offsets[-1]
        assert len(offsets) == len(opening.times)


def test_the_same_stems_give_the_same_opening(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stems = stem_sounds(folder)
    first = opening_of(stems)
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path / "another"))
    second = opening_of(stems)
    assert first.file.address == second.file.address
    assert first.file.file.read_bytes() == second.file.file.read_bytes()


def test_stems_with_the_same_sound_are_in_it_once(folder: Path) -> None:
    stems = stem_sounds(folder)
    stems["long", "lead", "a"] = stems["long", "drums", "a"]
    assert len(opening_of(stems).stems) == 2


@pytest.mark.parametrize(("seconds", "kind"), [(60, OPUS), (100, "audio/mpeg")])
def test_songs_that_are_not_streamed_have_none(folder: Path, seconds: float, kind: str) -> None:
    assert build_openings([SONG], stem_sounds(folder, seconds=seconds, kind=kind)) == {}


def test_an_opening_lasts_until_all_files_have_a_connection() -> None:
    size = 4_000_000
    assert opening_seconds([size] * 6) == 4
    assert opening_seconds([size] * 9) == 28  # six files take 19.2 s at 10 Mbit/s
    assert opening_seconds([size] * 13) == 51


def test_parts_are_short_at_first() -> None:
    assert part_times(4) == (0.2, 0.4, 0.6, 0.8, 1, 2, 3, 4)
