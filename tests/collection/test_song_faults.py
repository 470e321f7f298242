"""Commands on a song: stopped by its own faults, not by those of other songs, takes or notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from build import build
from stempress.collection.song_faults import read_songs
from stempress.commands.cli import run
from stempress.core.errors import SiteError
from tests.conftest import ROOT
from tests.support.small_site import write, write_small_site
from tests.support.takes import late_take

if TYPE_CHECKING:
    from pathlib import Path

TAKE = '+++\ntitle = "Late"\nsong = "{}"\ntake = "{}"\n+++\nWords.\n'
ELSEWHERE = {
    "content/takes/late.md": TAKE.format("two", "rubbish"),
    "content/hidden/below.md": '+++\ntitle = "Below"\nsong = "three"\n+++\n',
    "content/notes/second.md": "+++\ntitle = \n+++\n",
    "content/albums/tides/two.md": "+++\ntitle = \n+++\n",
    "content/tokens.json": "{",
}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a small site with its own cache; return its folder."""
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path / "cache"))
    write_small_site(tmp_path / "site")
    return tmp_path / "site"


def faulty_files(site: Path, slug: str) -> set[str]:
    """Return the files whose faults stop a command on a song."""
    try:
        read_songs(site, slug)
    except SiteError as error:
        return {fault.where for fault in error.faults}
    return set()


@pytest.mark.parametrize("path", ELSEWHERE)
def test_faults_elsewhere_do_not_stop_a_song(site: Path, path: str) -> None:
    write(site / path, ELSEWHERE[path])
    assert faulty_files(site, "one") == set()


def test_a_songs_own_faults_stop_it_and_all_songs(site: Path) -> None:
    song = site / "content/albums/tides/one.md"
    write(song, song.read_text("utf-8").replace("bpm = 92", "bpm = 0"))
    (site / "stems/one/bass/synth.flac").unlink()
    found = faulty_files(site, "one")
    assert "content/albums/tides/one.md" in found
    assert any(where.startswith("stems/one/") for where in found)
    assert faulty_files(site, "") == found
    assert faulty_files(site, "two") == set()


@pytest.mark.parametrize("path", ["site.toml", "content/albums/tides/index.md"])
def test_faults_of_all_songs_stop_each(site: Path, path: str) -> None:
    write(site / path, (site / path).read_text("utf-8").replace('title = "', 'titel = "'))
    assert faulty_files(site, "one") == {path}


def test_a_song_that_cannot_be_read_is_not_called_unknown(site: Path) -> None:
    write(site / "content/albums/tides/one.md", ELSEWHERE["content/albums/tides/two.md"])
    assert "content/albums/tides/one.md" in faulty_files(site, "one")
    assert faulty_files(site, "ona") >= {"content/albums/tides/one.md"}


def test_a_build_reports_them_all(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path, text in ELSEWHERE.items():
        write(site / path, text)
    assert run(["--site", str(site)], build, ROOT) == 1
    printed = capsys.readouterr().err
    assert all(f"error: {path}" in printed for path in ELSEWHERE)


def test_mixes_takes_and_clashes_of_one_song_are_made_beside_a_broken_take(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(site / "content/takes/late.md", TAKE.format("two", "rubbish"))
    write(site / "content/takes/good.md", TAKE.format("one", late_take()))
    wav = ["-o", str(tmp_path / "mix.wav"), "--site", str(site)]
    for names in (["one", "1-1"], ["good"], [late_take()]):
        assert run(["mix", *names, *wav], build, ROOT) == 0
    assert run(["clashes", "one", "--site", str(site)], build, ROOT) == 0
    assert run(["mix", "late", *wav], build, ROOT) == 1
    assert "error: content/takes/late.md: take: cannot be played" in capsys.readouterr().err
