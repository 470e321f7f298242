"""Clashes of a site: the command, the cache, and the line that a build reports."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from build import build
from stempress.clashes.clash import Clash, SongClashes
from stempress.clashes.site_clashes import clash_summary, site_clashes
from stempress.commands.cli import run
from stempress.core.progress import Progress
from tests.conftest import ROOT
from tests.support.band import band, delayed, write_band
from tests.support.small_site import write_small_site

if TYPE_CHECKING:
    from pathlib import Path


ARPEGGIO, TUNE = ("keys", "arpeggio"), ("lead", "tune")


@pytest.fixture(scope="module")
def warm_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a cache that several tests share: in it the stems have soon been compared."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def site(tmp_path: Path, warm_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a site with a stem that is late, and another that is in another key."""
    monkeypatch.setenv("STEMPRESS_CACHE", str(warm_cache))
    stems = band(transpose=TUNE, semitones=1)
    stems[ARPEGGIO] = delayed(stems[ARPEGGIO], 0.04)
    write_band(tmp_path / "site", stems)
    return tmp_path / "site"


@pytest.fixture
def cold_cache(site: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the site a cache of its own, with nothing in it."""
    cache = site.parent / "cache"
    monkeypatch.setenv("STEMPRESS_CACHE", str(cache))
    return cache


def test_the_command_lists_the_worst_first(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["clashes", "one", "--site", str(site)], build, ROOT) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "one: 2 clashes in 18 pairs of stems"
    assert "key" in lines[1]
    assert "lead/tune is 1 semitone higher than the other stems" in lines[1]
    assert "keys/arpeggio is 40 ms later than the other stems" in lines[2]
    assert "(bar " in lines[2]


@pytest.mark.parametrize("key", ["Cis-Dur", "c sharp minor", "Hümmel"])
def test_a_key_that_is_not_understood_is_reported(
    site: Path, capsys: pytest.CaptureFixture[str], key: str
) -> None:
    song = site / "content/albums/x/one.md"
    text = song.read_text("utf-8")
    song.write_text(text.replace("C major", key), "utf-8")
    for _ in range(2):  # compared, and from the cache
        assert run(["clashes", "--site", str(site)], build, ROOT) == 0
        (line,) = (
            line for line in capsys.readouterr().out.splitlines() if "not understood" in line
        )
        assert f"key = {key!r} is not understood" in line
        assert "a note such as C, F# or Bb, and one of major, minor" in line
    for understood in ("Bb dorian", "F#", ""):
        song.write_text(text.replace("C major", understood), "utf-8")
        assert run(["clashes", "--json", "--site", str(site)], build, ROOT) == 0
        assert json.loads(capsys.readouterr().out)["songs"][0]["notes"] == []


def test_json_has_every_pair(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["clashes", "--json", "--site", str(site)], build, ROOT) == 0
    (song,) = json.loads(capsys.readouterr().out)["songs"]
    assert {*song} == {"song", "compared", "notes", "stem_clashes", "pair_clashes"}
    assert (song["song"], song["compared"]) == ("one", 18)
    assert [clash["kind"] for clash in song["stem_clashes"]] == ["key", "timing"]
    pair = song["pair_clashes"][0]
    assert {"kind", "stems", "severity", "message", "value", "unit", "seconds", "bar"} == {*pair}
    assert {"layer": "lead", "stem": "tune"} in pair["stems"]


def test_an_unknown_song_is_refused_with_the_nearest(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["clashes", "on", "--site", str(site)], build, ROOT) == 1
    assert "there is no such song (got 'on')\n    -> did you mean 'one'" in capsys.readouterr().err


def test_what_has_been_compared_comes_from_the_cache(
    site: Path, cold_cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not cold_cache.exists()
    before = site_clashes(site, "", Progress())
    assert "Stems to compare: 7" in capsys.readouterr().err
    assert site_clashes(site, "", Progress()) == before
    assert "Stems to compare" not in capsys.readouterr().err


def test_a_song_of_a_second_is_reported_as_too_short(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_small_site(tmp_path)
    assert run(["clashes", "one", "--site", str(tmp_path)], build, ROOT) == 0
    out, err = capsys.readouterr()
    note = "is too short: 1.00 seconds, and at least 4 are needed"
    assert out.splitlines() == ["one: not compared", f"  {note}"]
    assert "Stems to compare" not in err
    assert run(["clashes", "one", "--json", "--site", str(tmp_path)], build, ROOT) == 0
    (song,) = json.loads(capsys.readouterr().out)["songs"]
    assert (song["compared"], song["notes"]) == (0, [note])


def test_a_damaged_cache_is_made_anew(site: Path, cold_cache: Path) -> None:
    before = site_clashes(site, "", Progress())
    cached = [*(cold_cache / "profiles").iterdir(), *(cold_cache / "clashes").iterdir()]
    assert len(cached) == 7 + 1
    for path in cached:
        path.write_bytes(b"damaged")
    assert site_clashes(site, "", Progress()) == before


def test_every_build_reports_the_worst_clash_until_there_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_band(tmp_path, band(transpose=TUNE, semitones=1))
    expected = "the worst in one: lead/tune is 1 semitone higher than the other stems"
    for _ in range(2):
        assert run(["--site", str(tmp_path)], build, ROOT) == 0
        assert expected in capsys.readouterr().err
    write_band(tmp_path, band())
    assert run(["--site", str(tmp_path)], build, ROOT) == 0
    assert "clash" not in capsys.readouterr().err


def test_a_rule_takes_its_pairs_out(site: Path) -> None:
    song = site / "content/albums/x/one.md"
    rule = '[[rules]]\nif = { keys = "arpeggio" }\nexclude = { drums = "busy" }\n+++\n'
    (before,) = site_clashes(site, "one", Progress())
    song.write_text(song.read_text("utf-8").removesuffix("+++\n") + rule, "utf-8")
    (after,) = site_clashes(site, "one", Progress())
    assert (before.compared, after.compared) == (18, 17)
    excluded = {ARPEGGIO, ("drums", "busy")}
    assert any(excluded == set(pair.stems) for pair in before.pairs)
    assert not any(excluded == set(pair.stems) for pair in after.pairs)


def test_the_summary_names_the_worst_clash_of_all_songs() -> None:
    mild = Clash(
        "level", (TUNE,), 1.1, "lead/tune is 10 dB louder than the others of its layer", 10, "dB"
    )
    bad = Clash(
        "key", (ARPEGGIO, TUNE), 2.5, "keys/arpeggio does not fit", 1, "semitones", 62.4, 17
    )
    songs = [SongClashes("one", 9, (mild,)), SongClashes("two", 9, (), (bad,))]
    assert clash_summary(songs) == (
        "2 clashes, listed by stempress clashes; the worst in two: "
        "keys/arpeggio does not fit (bar 17, 1:02)"
    )
    assert not clash_summary([SongClashes("one", 9)])
